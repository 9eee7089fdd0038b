"""An article as it arrives, and its text by the parts of a page, which do not count alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from operator import itemgetter

_PROSE_WORDS = 13
_QUESTION_WORDS = 6
_LIST_LINES = 4
_CARD_LINES = 3
_STANDFIRST_WORDS, _OPENING_WORDS = 30, 80

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
_SENTENCE_ENDS = frozenset('.!?…”"')
_WRAPPED_SHARE = 4  # a text of which a quarter of the lines begins with a small letter is wrapped
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class PagePart(Enum):
    """A part of a page. The standfirst and the lead are the first sentences, by their words."""

    TITLE = "title"
    CARD = "card"
    STANDFIRST = "standfirst"
    TAG = "tag"
    LEAD = "lead"
    HEADING = "heading"
    BODY = "body"
    ASIDE = "aside"


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
    lines = list(_unwrapped(article.text))
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


def _unwrapped(text: str) -> Iterator[str]:
    """Yield the lines of a text; those that a program wrapped at a width are joined again."""
    for is_blank, run in groupby(map(str.strip, text.splitlines()), key=lambda line: not line):
        if is_blank:
            continue
        lines = [" ".join(line.split()) for line in run]
        if sum(line[0].islower() for line in lines) * _WRAPPED_SHARE >= len(lines):
            yield " ".join(lines)
        else:
            yield from lines


def _in_text(lines: list[str]) -> Iterator[Passage]:
    """Yield the text by its sentences, so that it does not matter where paragraphs break."""
    told = 0
    for is_prose, run in groupby(_told_apart(list(_without_adverts(lines))), itemgetter(0)):
        texts = [line for _, line in run]
        if not is_prose:
            yield from _short(texts)
            continue
        parts: list[tuple[PagePart, str]] = []
        for sentence in _SENTENCE_END.split(" ".join(texts)):
            parts.append((_part(told), sentence))
            told += len(sentence.split())
        for part, sentences in groupby(parts, key=lambda each: each[0]):
            yield Passage(part, " ".join(sentence for _, sentence in sentences))


def _part(told: int) -> PagePart:
    """Return the part of a sentence with so many words before it."""
    if told < _STANDFIRST_WORDS:
        return PagePart.STANDFIRST
    return PagePart.LEAD if told < _OPENING_WORDS else PagePart.BODY


def _without_adverts(lines: Iterable[str]) -> Iterator[str]:
    is_within = False
    for line in lines:
        if _ADVERTS.fullmatch(line):
            is_within = True
        elif is_within and (_ADVERTS_END.match(line) or _is_prose(line)):
            is_within = False
        if not is_within:
            yield line


def _told_apart(lines: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Yield each line with whether it is prose; a short question is what its neighbours are."""
    kinds = [_is_prose(line) for line in lines]
    for place, line in enumerate(lines):
        near = kinds[max(0, place - 1) : place] + kinds[place + 1 : place + 2]
        is_question = line[-1] == "?" and len(line.split()) < _QUESTION_WORDS
        yield kinds[place] and (not is_question or all(near)), line


def _is_prose(line: str) -> bool:
    return len(line.split()) >= _PROSE_WORDS or line[-1] in _SENTENCE_ENDS


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
