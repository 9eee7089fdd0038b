"""The labelled articles of this folder, and how well their subjects are found."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

from listings.language.article.gazetteer import Gazetteer
from listings.language.article.passages import Article
from tests.listings.language.query.names import vocabulary

TRAINING = ("articles", "more_articles", "fresh_articles", "blind_articles", "training_articles")
HELD_OUT = ("held_out_articles",)
CONFIDENCE = 1.96


@dataclass(frozen=True)
class Labelled:
    """An article and what a careful editor would say that it is about."""

    article: Article
    about: frozenset[str]

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

    def add(self, found: set[str], about: frozenset[str]) -> None:
        """Count a page; it is answered rightly where nothing is named that it is not about."""
        is_right = bool(found) and found <= about
        self.answers += bool(found)
        self.right += is_right
        self.exact += bool(found) and found == about
        self.answerable += bool(about)
        self.answered += is_right

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
