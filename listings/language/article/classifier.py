"""How likely a page is about each subject that it mentions, by weights fitted to labelled pages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from listings.language.article.features import (
    OPENED,
    Features,
    features_of,
    logistic,
    page_features,
    page_words,
    sum_of,
)
from listings.language.article.gazetteer import Subject
from listings.language.article.mentions import AnnotatedPassage, Mention

WEIGHTS = Path(__file__).with_name("weights.json")
BIAS = "bias"


@dataclass(frozen=True)
class Weights:
    """What `tests.listings.language.article.fit` writes."""

    topic: Mapping[str, float]
    """Words of a page: those of pages about cars, and those of pages about all else."""
    context: Mapping[str, float]
    """Words before (<) and after (>) a name: `<review`, `<than`."""
    page: Features
    model: Features
    make: Features


@cache
def fitted() -> Weights:
    return Weights(**json.loads(WEIGHTS.read_text(encoding="utf-8")))


def probabilities(
    passages: Sequence[AnnotatedPassage], mentions: Sequence[Mention], weights: Weights
) -> dict[Subject, float]:
    """Return for every subject how likely the page is about it.

    That is how likely the page is about any car at all, by its likeliest subject, and then how
    likely it is about this one.
    """
    if not mentions:
        return {}
    worths = [worth(mention, weights.context) for mention in mentions]
    features = features_of(mentions, worths)
    sums = {
        subject: total(found, weights.model if subject[1] else weights.make)
        for subject, found in features.items()
    }
    best = features[max(sums, key=sums.__getitem__)]
    page = total(page_features_of(passages, mentions, best, weights.topic), weights.page)
    return {subject: logistic(page) * logistic(each) for subject, each in sums.items()}


def page_features_of(
    passages: Sequence[AnnotatedPassage],
    mentions: Sequence[Mention],
    best: Features,
    topic: Mapping[str, float],
) -> Features:
    words = page_words(passages)
    opening = page_words([each for each in passages if each.part in OPENED])
    whole, first = (topic[BIAS] + sum_of(each, topic) for each in (words, opening))
    return page_features(mentions, best, words, whole, first)


def worth(mention: Mention, weights: Mapping[str, float]) -> float:
    """Return how far the words round a mention say that its car is the subject; 0 to 1."""
    said = sum_of(mention.context, weights)
    return logistic(weights[BIAS] + said)


def total(features: Features, weights: Features) -> float:
    return weights[BIAS] + sum(
        value * weights.get(name, 0.0) for name, value in features.items() if value
    )
