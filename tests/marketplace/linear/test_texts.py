"""No text that somebody sends can make its reader run away: the work grows as the text does."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache, partial
from itertools import product
from typing import Any

import pytest

from dealers.feeds.cells import FIELDS, cell, choices, photos, read_car, staged_car, texts
from dealers.feeds.columns.mapping import _without_number
from dealers.feeds.files import header_key
from listings.api.suggest import TEXT_LENGTH_MAX as SUGGEST_MAX
from listings.api.words import LENGTH_MAX as QUERY_MAX
from listings.catalogue.names import match_key
from listings.identifiers import normalise_vin, normalise_vrm
from listings.language.article.gazetteer import Gazetteer
from listings.language.article.pages import read_page
from listings.language.article.passages import Article
from listings.language.article.scoring import subjects
from listings.language.derivative import read, read_title
from listings.language.equipment import read_equipment
from listings.language.lexicon import Speaker
from listings.language.quantities import read_quantities
from listings.language.query import parse_query
from listings.language.tokens import spaced_words, title_words, tokens
from listings.photos.addresses import clean_photo_url
from listings.search.places import parser as places
from listings.search.suggest.index import Index
from listings.search.suggest.keys import words
from listings.search.suggest.suggestions import NamedSuggestion, SearchSuggestion, SuggestionKind
from listings.word_index import vector
from marketplace.errors import DomainError
from tests.listings.language.query.names import vocabulary
from tests.marketplace.linear.attacks import Attack
from tests.marketplace.linear.growth import bounded, runaways

pytestmark = pytest.mark.slow

Reader = Callable[[str], Any]

SECONDS_MAX = 20
TODAY = date(2026, 3, 1)
PUMPS = (
    *"1a, \n\t\u2003\u0663.;:|/\\&<>()[]{}\"'`-_=+*%#@~^£$€!?é\u0301\u00c2\ufb01\x00\ud800",
    *("1,", "1.", "1 ", "1 111", "a ", "a,", "a\n", ". ", " -", "A1 ", "é ", "Â£", "£1 ", "1k "),
    *("//", "http://", "https://a.b/", "https://a.b,", "{resize}", "%41", "%zz", "\\/\\/", '"a":'),
    *("<a ", "<a>", "</a>", "<!--", "-->", "<script", "</script", "<br/>", "<li>", "<x y='", "]]>"),
    *("&#", "&#1", "&#x1", "&amp;", "&amp", "&lt;", "&lt;br&gt;", "&nbsp;", "\n \n", '="'),
    *("cat ", "mild", "petrol", "electric", "full", "auto", "was ", "save1", "vat ", "ex vat"),
    *(
        "1/",
        "1-1-",
        "reg",
        "sold ",
        "un",
        "jan",
        "ford ",
        "focus ",
        "golf gti ",
        "from ",
        "from to ",
    ),
    *("not ", "near ", "under ", "LS1 4AP ", "2.0tdi ", "5dr ", "[{", '["', '{"name":', '{"a":'),
    *("item[0].", "a:", "[0]", "#1"),
)
TAILS = ("", "x", "\n", "\x01 1")
ATTACKS = [Attack("", *each) for each in product(PUMPS, TAILS)]


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(vocabulary().catalogue)


@cache
def index() -> Index:
    return Index(
        [
            NamedSuggestion(
                SearchSuggestion(SuggestionKind.MAKE, make.names[0], 1, make.key),
                tuple(tuple(words(name)) for name in make.names),
            )
            for make in vocabulary().catalogue.makes
        ]
    )


def _article(text: str) -> object:
    return subjects(Article(title=text, text=text, tags=(text,)), gazetteer(), {}, 0.7)


def _page(markup: str, text: str) -> object:
    return read_page(markup.format(text).encode("utf-8", "replace"))


def _row(name: str, text: str) -> object:
    cells = {"make": "Ford", "model": "Ka", "year": "2017", "mileage": "1", name: text}
    return read_car(cells, today=TODAY, catalogue=vocabulary().catalogue)


def _uncached(reader: Reader) -> Reader:
    return getattr(reader, "__wrapped__", reader)


ENDLESS_DOORS: dict[str, Reader] = {
    **{f"cell {name}": _uncached(reader) for name, reader in staged_car._READERS.items()},
    **{f"row {name}": partial(_row, name) for name in FIELDS},
    "photos": photos.read_photos,
    "doors of a body": _uncached(choices.doors_of_body),
    "bare": cell.bare,
    "prose": texts.prose,
    "tidy": texts.tidy,
    "header": _uncached(header_key),
    "header without a number": _uncached(_without_number),
    "derivative": read,
    "title": lambda text: read_title(text, vocabulary().catalogue),
    "title words": title_words,
    "tokens": tokens,
    "spaced words": spaced_words,
    "quantities": lambda text: read_quantities(text, Speaker.FEED),
    "equipment": lambda text: read_equipment(derivative="", features=(), description=text),
    "words with places": lambda text: vector((), text),
    "names": match_key,
    "mark": normalise_vrm,
    "vin": normalise_vin,
    "photo's address": clean_photo_url,
    "place": places.read,
    "article": _article,
    "page's text": partial(_page, "<article><p>{}</p></article>"),
    "page's attribute": partial(_page, "<article class='{}'><p>Ford</p></article>"),
    "page's facts": partial(
        _page, "<script type='application/ld+json'>{0}</script><meta name='keywords' content='{0}'>"
    ),
}
"""Readers of texts of any length, whatever bounds the text before it comes to them."""

SHORT_DOORS: dict[str, tuple[Reader, int]] = {
    "q": (lambda text: parse_query(text, vocabulary(), year=2026), QUERY_MAX),
    "suggest": (lambda text: index().find(text, 8), SUGGEST_MAX),
}
"""Readers that see no longer text than this."""


@pytest.mark.parametrize("door", ENDLESS_DOORS)
def test_no_text_runs_away_with_its_reader(door: str) -> None:
    works = {attack: partial(_call, ENDLESS_DOORS[door], attack) for attack in ATTACKS}
    with bounded(SECONDS_MAX):
        assert runaways(works, short=400, start=1_024, most=64 * 1_024) == []


@pytest.mark.parametrize("door", SHORT_DOORS)
def test_no_text_runs_away_with_the_reader_of_a_short_one(door: str) -> None:
    reader, length_max = SHORT_DOORS[door]
    works = {attack: partial(_call, reader, attack) for attack in ATTACKS}
    with bounded(SECONDS_MAX):
        assert runaways(works, short=length_max, start=length_max // 4, most=length_max // 4) == []


def _call(reader: Reader, attack: Attack, length: int) -> Callable[[], object]:
    text = attack.text(length)

    def call() -> None:
        with suppress(DomainError, ValueError):
            reader(text)

    return call
