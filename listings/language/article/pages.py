"""The article of a web page, without what stands around it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from listings.language.article.passages import Article

TEXT_LENGTH_MAX = 200_000
TAGS_MAX = 40

_FURNITURE = re.compile(
    r"\b(?:nav|menu|sidebar|related|recommend\w*|trending|most-read|newsletter|promo|advert\w*"
    r"|cookie|comments?|share|social|footer|breadcrumbs?|teaser)\b",
    re.IGNORECASE,
)
_LEFT_OUT = {
    *("aside", "button", "footer", "form", "iframe", "nav", "noscript", "script", "select"),
    *("style", "svg", "template", "used-cars"),
}
_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "blockquote", "dd", "figcaption", "td"}
_HEADINGS = {"h2", "h3"}


def read_page(body: bytes) -> Article:
    """Return the article of a page; of one that holds none, whatever text it has."""
    parser = html.HTMLParser(recover=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(body, parser=parser)
    except (etree.ParserError, ValueError):
        return Article()
    title, tags = _title(root), tuple(dict.fromkeys(_tags(root)))
    etree.strip_elements(root, *_LEFT_OUT, with_tail=False)
    blocks = list(_blocks(_main(root)))
    return Article(
        title=title,
        headings=tuple(text for tag, text in blocks if tag in _HEADINGS),
        text="\n".join(text for _, text in blocks)[:TEXT_LENGTH_MAX],
        tags=tags[:TAGS_MAX],
    )


def _main(root: Any) -> Any:
    """Return the longest article of a page, else its main part, else the page."""
    articles = root.xpath("//article")
    if articles:
        return max(articles, key=lambda each: len(each.text_content()))
    return next(iter(root.xpath("//main | //*[@role='main']")), root)


def _blocks(element: Any) -> Iterator[tuple[str, str]]:
    """Yield the tag and text of every paragraph and heading, without furniture."""
    waiting = [element]
    while waiting:
        found = waiting.pop()
        if not isinstance(found.tag, str) or _is_furniture(found):
            continue
        if found.tag in _BLOCKS:
            if text := " ".join(found.text_content().split()):
                yield found.tag, text
        else:
            waiting.extend(reversed(found))


def _is_furniture(element: Any) -> bool:
    if element.tag in ("html", "body", "main", "article"):
        return False
    return bool(_FURNITURE.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _title(root: Any) -> str:
    for path in ("//meta[@property='og:title']/@content", "//h1", "//title"):
        for found in root.xpath(path):
            text = " ".join((found if isinstance(found, str) else found.text_content()).split())
            if text:
                return text
    return ""


def _tags(root: Any) -> Iterator[str]:
    for content in root.xpath("//meta[@name='keywords']/@content"):
        yield from filter(None, map(str.strip, content.split(",")))
    yield from root.xpath("//meta[@property='article:tag']/@content")
    for link in root.xpath("//a[@rel='tag']"):
        yield link.text_content().strip()
    for script in root.xpath("//script[@type='application/ld+json']/text()"):
        yield from _tags_of_json(script)


def _tags_of_json(script: str) -> Iterator[str]:
    try:
        found = json.loads(script)
    except (ValueError, RecursionError):
        return
    for entry in found if isinstance(found, list) else [found]:
        if not isinstance(entry, dict):
            continue
        for name in ("keywords", "about", "mentions"):
            yield from _names(entry.get(name))


def _names(value: object, depth: int = 3) -> Iterator[str]:
    if isinstance(value, str):
        yield from filter(None, map(str.strip, value.split(",")))
    elif isinstance(value, dict) and depth:
        yield from _names(value.get("name"), depth - 1)
    elif isinstance(value, list) and depth:
        for entry in value:
            yield from _names(entry, depth - 1) if not isinstance(entry, list) else ()
