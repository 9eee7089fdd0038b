"""An article as it arrives, and its text by the parts of a page, which do not count alike."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain, groupby, repeat

_PROSE_WORDS = 13
_SENTENCE_WORDS = 6
_LIST_LINES = 4
_CARD_LINES = 3
_OPENING_WORDS = 60

_CARD = re.compile(
    r"(?:the |our )?car reviews?|read (?:our|the) (?:full )?(?:\w+ )?review", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?:related|latest|recent|popular|trending|recommended|sponsored|advertisement|newsletter)\b"
    r"|(?:more|most|read next|up next|next|you may|you might|keep reading|don't miss|in other)\b"
    r"|(?:view all|see all|add a comment|comments?$|share\b|follow us|sign up|subscribe|editor's)"
    r"|(?:back to\b|all news|currently reading)",
    re.IGNORECASE,
)
_ADVERTS = re.compile(r"(?:used )?(?:cars?|vehicles?) for sale$", re.IGNORECASE)
_ADVERTS_END = re.compile(r"view all\b.*(?:deals|cars|adverts|stock)", re.IGNORECASE)
_READING = re.compile(r"currently reading:\s*(.+)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class PagePart(Enum):
    """A part of a page, with what one mention in it is worth.

    The standfirst is the first paragraph, the lead the second.
    """

    TITLE = 10.0
    CARD = 5.0
    STANDFIRST = 4.0
    TAG = 3.5
    LEAD = 3.3
    HEADING = 2.5
    BODY = 1.2
    ASIDE = 0.0


@dataclass(frozen=True)
class Article:
    """What a page says, without its reader: plain texts, the paragraphs of `text` on lines."""

    title: str = ""
    headings: tuple[str, ...] = ()
    text: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    part: PagePart
    text: str


def passages(article: Article) -> list[Passage]:
    """Return the article's texts in reading order, each with the part of the page it stands in.

    The text may be that of a whole page: lists of other articles, and a block of adverts that is
    already there, are told from the article by their headings and by their short lines.
    """
    lines = [line for raw in article.text.splitlines() if (line := " ".join(raw.split()))]
    title = article.title.strip() or _title_of(lines)
    told = {_same(title), *(_same(text) for text in article.headings)}
    body = [line for line in lines if _same(line) not in told and not _READING.match(line)]
    return [
        Passage(PagePart.TITLE, title),
        *(Passage(PagePart.TAG, tag) for tag in article.tags),
        *(
            Passage(PagePart.HEADING, text)
            for text in article.headings
            if _same(text) != _same(title)
        ),
        *_in_text(body),
    ]


def _title_of(lines: list[str]) -> str:
    """Return the title that a page's own text states, or its first line where that is short."""
    for line in lines:
        if read := _READING.match(line):
            return read[1]
    return lines[0] if lines and not _is_prose(lines[0]) else ""


def _same(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _in_text(lines: list[str]) -> Iterator[Passage]:
    parts = chain((PagePart.STANDFIRST, PagePart.LEAD), repeat(PagePart.BODY))
    for is_prose, run in groupby(_without_adverts(lines), key=_is_prose):
        if not is_prose:
            yield from _short(list(run))
            continue
        for paragraph, part in zip(run, parts, strict=False):
            yield from _opened(paragraph, part)


def _without_adverts(lines: Iterable[str]) -> Iterator[str]:
    is_within = False
    for line in lines:
        if _ADVERTS.fullmatch(line):
            is_within = True
        elif is_within and (_ADVERTS_END.match(line) or _is_prose(line)):
            is_within = False
        if not is_within:
            yield line


def _is_prose(line: str) -> bool:
    words = len(line.split())
    return words >= _PROSE_WORDS or (words >= _SENTENCE_WORDS and line[-1] in '.!?…”"')


def _short(lines: list[str]) -> Iterator[Passage]:
    """Yield short lines: review cards, headings, and lists that lead elsewhere."""
    is_list, card = len(lines) >= _LIST_LINES, 0
    for line in lines:
        if _CARD.fullmatch(line):
            card = _CARD_LINES
            continue
        if _ASIDE.match(line):
            is_list, card = True, 0
        yield Passage(
            PagePart.CARD if card else PagePart.ASIDE if is_list else PagePart.HEADING, line
        )
        card = max(0, card - 1)


def _opened(paragraph: str, part: PagePart) -> Iterator[Passage]:
    """Yield a paragraph: of a long one only the first sentences are the opening it stands in."""
    head: list[str] = []
    sentences = _SENTENCE_END.split(paragraph)
    while sentences and sum(len(each.split()) for each in head) < _OPENING_WORDS:
        head.append(sentences.pop(0))
    yield Passage(part, " ".join(head))
    if sentences:
        yield Passage(PagePart.BODY, " ".join(sentences))
