"""The guide to the API: `docs/api.md` as a part of a page, with a table of its contents."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

SOURCE = settings.BASE_DIR / "docs" / "api.md"
LAPTOP = "http://127.0.0.1:8000"  # where the guide's examples are sent
SCHEMA = "/api/v1/schema/"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class GuideSection:
    """A heading of the guide: its words, its anchor, and what stands below it."""

    title: str
    anchor: str
    sections: list["GuideSection"]


@dataclass(frozen=True)
class Guide:
    """The guide as HTML, and its headings of the second and third level."""

    html: SafeString
    sections: list[GuideSection]


def render(text: str) -> SafeString:
    """Return Markdown of ours as HTML; markup in it is shown as it stands."""
    html: str = _MARKDOWN.render(text)
    return mark_safe(html)  # noqa: S308 - it lets no markup through


@cache
def guide() -> Guide:
    """Return the guide as this process serves it."""
    tokens = _MARKDOWN.parse(SOURCE.read_text().replace(LAPTOP, settings.PUBLIC_URL))
    sections: list[GuideSection] = []
    for opening, words in pairwise(tokens):
        if opening.type == "heading_open":
            section = GuideSection(_plain(words), anchor_of(_plain(words)), [])
            opening.attrSet("id", section.anchor)
            if opening.tag == "h2":
                sections.append(section)
            elif opening.tag == "h3":
                sections[-1].sections.append(section)
        elif opening.type == "inline":
            _link_within_the_page(opening)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Guide(mark_safe(html), sections)  # noqa: S308 - as above


def anchor_of(title: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _plain(words: Token) -> str:
    return "".join(each.content for each in words.children or [])


def _link_within_the_page(inline: Token) -> None:
    """Keep links to places that are served; other documents are only named."""
    kept: list[Token] = []
    is_open = True
    for token in inline.children or []:
        if token.type == "link_open":
            address = str(token.attrGet("href"))
            is_open = address.startswith("#") or address == "openapi.yaml"
            if address == "openapi.yaml":
                token.attrSet("href", SCHEMA)
        if is_open or token.type not in ("link_open", "link_close"):
            kept.append(token)
    if inline.children is not None:
        inline.children = kept
