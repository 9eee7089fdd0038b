"""Which of the cars that an article mentions it is about."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from listings.language.article.classifier import fitted, probabilities
from listings.language.article.gazetteer import Gazetteer, Subject
from listings.language.article.mentions import Mention, annotate, find_mentions
from listings.language.article.passages import Article, PagePart, passages

SUBJECTS_MAX = 5
MAKES_MAX = 2
NEAR_THE_BEST = 0.85
OUT_OF_STOCK = 0.85


@dataclass(frozen=True)
class Evidence:
    """Words that decided: as they stand, where, and how often."""

    text: str
    part: PagePart
    count: int


@dataclass(frozen=True)
class Match:
    """What an article is about; `model` is None where it is about the maker. Slugs.

    `score` is how likely that is, from 0 to 1.
    """

    make: str
    model: str | None
    score: float
    words: tuple[Evidence, ...]


def subjects(
    article: Article, gazetteer: Gazetteer, stock: Mapping[Subject, int], strictness: float
) -> list[Match]:
    """Return the subjects, best first; none that is less likely than `strictness`.

    `stock` holds the number of public adverts by subject: of two that are as near, what can be
    bought wins.
    """
    annotated = annotate(passages(article), gazetteer)
    mentions = find_mentions(annotated, gazetteer)
    likely = probabilities(annotated, mentions, fitted())

    def rank(subject: Subject) -> float:
        return likely[subject] * (1.0 if stock.get(subject) else OUT_OF_STOCK)

    return [
        Match(*subject, round(likely[subject], 2), _evidence(subject, mentions))
        for subject in sorted(choose(likely, strictness), key=rank, reverse=True)
    ]


def choose(likely: Mapping[Subject, float], strictness: float) -> list[Subject]:
    """Return the likeliest model and those near it, or the likeliest make; none below `strictness`.

    A page about several cars says less of each.
    """
    best = max(likely, key=likely.__getitem__, default=None)
    if best is None or likely[best] < strictness:
        return []
    near = (
        each
        for each in likely
        if bool(each[1]) is bool(best[1]) and likely[each] >= NEAR_THE_BEST * likely[best]
    )
    ordered = sorted(near, key=likely.__getitem__, reverse=True)
    return ordered[: SUBJECTS_MAX if best[1] else MAKES_MAX]


def _evidence(subject: Subject, mentions: Sequence[Mention]) -> tuple[Evidence, ...]:
    counts = Counter((each.part, each.text) for each in mentions if each.subject == subject)
    order = list(PagePart)
    ordered = sorted(counts.items(), key=lambda counted: order.index(counted[0][0]))
    return tuple(Evidence(text, part, count) for (part, text), count in ordered)
