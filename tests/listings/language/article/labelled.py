"""The labelled articles of this folder, and how well their subjects are found."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any
from zlib import crc32

from evaluation.labelled_sets import FOLDER
from evaluation.spellings import key, keys
from listings.language.article.gazetteer import Gazetteer, Subject
from listings.language.article.passages import Article
from tests.listings.language.query.names import vocabulary

TRAINING = ("articles", "more_articles", "fresh_articles", "blind_articles", "training_articles")
HELD_OUT = ("held_out_articles",)
PAGES: Mapping[str, int] = {"pages": 2, "pages-long": 4, "pages-second": 4}
"""Sets of longer pages: one page in so many, by the hash of its id, is held out."""
CONFIDENCE = 1.96


@dataclass(frozen=True)
class Labelled:
    """An article and what a careful editor would say that it is about."""

    article: Article
    about: frozenset[str]
    also: frozenset[str] = frozenset()
    """What may be answered beside them, and need not be."""
    is_optional: bool = False

    @property
    def name(self) -> str:
        return self.article.title or self.article.text.strip().splitlines()[0]


def labelled(names: Iterable[str]) -> list[Labelled]:
    return [each for name in names for each in _read(name)]


def _read(name: str) -> Iterator[Labelled]:
    file = Path(__file__).with_name(f"{name}.toml")
    for each in tomllib.loads(file.read_text(encoding="utf-8"))["article"]:
        headings, tags = tuple(each.get("headings", ())), tuple(each.get("tags", ()))
        article = Article(each["title"], headings, each["text"], tags)
        yield Labelled(article, frozenset(each["about"]))


def labelled_pages(name: str, *, held_out: bool) -> list[Labelled]:
    """Return one part of a set of pages, by names of makes and models as people write them."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    return [
        _page(case) for case in cases if (crc32(case["id"].encode()) % PAGES[name] == 0) is held_out
    ]


def training() -> list[Labelled]:
    """Return what the weights are fitted to; pages that may be answered or not teach nothing."""
    pages = [each for name in PAGES for each in labelled_pages(name, held_out=False)]
    return [each for each in labelled(TRAINING) + pages if not each.is_optional]


def held_out() -> Mapping[str, list[Labelled]]:
    pages = {name: labelled_pages(name, held_out=True) for name in PAGES}
    return {"short texts": labelled(HELD_OUT)} | pages


def _page(case: Mapping[str, Any]) -> Labelled:
    expect, also = case["expect"] or {}, keys(case.get("also") or ())
    makes, models = keys(expect.get("make", ())), keys(expect.get("model", ()))
    about, beside = set(), set()
    for (make, model), names in _names().items():
        is_of_make = bool(_names()[make, None] & makes)
        slug = f"{make}/{model}" if model else make
        if is_of_make and names & (models if model else makes if not models else frozenset()):
            about.add(slug)
        elif names & also or (is_of_make and not model):
            beside.add(slug)
    article = Article(case["title"], tuple(case.get("headings", ())), case["text"])
    return Labelled(article, frozenset(about), frozenset(beside), bool(case.get("optional")))


@cache
def _names() -> Mapping[Subject, frozenset[str]]:
    """Return what each subject may be called, as the keys of its names."""
    found: dict[Subject, frozenset[str]] = {}
    for make in vocabulary().catalogue.makes:
        found[make.key, None] = keys([make.key, *make.names])
        for model in make.models:
            own = {model.key, *model.names}
            full = {f"{called}{name}" for called in make.names for name in own}
            found[make.key, model.key] = frozenset(map(key, own | full))
    return found


@cache
def shipped_gazetteer() -> Gazetteer:
    """Return the gazetteer of the shipped catalogue, without a database."""
    return Gazetteer(vocabulary().catalogue)


@dataclass
class Score:
    """How many of the answers were right, and how many of the pages got one."""

    answers: int = 0
    right: int = 0
    exact: int = 0
    answerable: int = 0
    answered: int = 0

    def add(self, found: set[str], page: Labelled) -> None:
        """Count a page; it is answered rightly where nothing is named that it is not about."""
        is_right = bool(found) and found <= page.about | page.also
        self.answers += bool(found)
        self.right += is_right
        self.exact += bool(found) and found == page.about
        self.answerable += bool(page.about)
        self.answered += bool(found & page.about)

    def __str__(self) -> str:
        return (
            f"right where it answers {interval(self.right, self.answers)}, "
            f"exactly {interval(self.exact, self.answers)}, "
            f"answers where it should {interval(self.answered, self.answerable)}"
        )


def interval(count: int, total: int) -> str:
    """Return a share with its 95 % interval, as Wilson has it."""
    if not total:
        return "none"
    share, z = count / total, CONFIDENCE
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total**2)) / (1 + z * z / total)
    return (
        f"{100 * share:.1f} % ({100 * (middle - half):.0f}-{100 * (middle + half):.0f}) of {total}"
    )
