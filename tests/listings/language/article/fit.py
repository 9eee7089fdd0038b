"""Fit the weights by which articles are read: `make fit-articles`.

Prints what cross-validation gives for a range of strictness, then writes `weights.json`. With
`--held-out` (in ARGS) also how the texts that are kept apart are read with the weights written,
with `--wrong` what is read wrong in cross-validation.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from listings.language.article.classifier import (
    BIAS,
    WEIGHTS,
    Weights,
    page_features_of,
    probabilities,
    total,
    worth,
)
from listings.language.article.features import AGAINST, features_of, loudness, page_words
from listings.language.article.gazetteer import Subject
from listings.language.article.mentions import (
    AnnotatedPassage,
    Mention,
    annotate,
    find_mentions,
)
from listings.language.article.passages import passages
from listings.language.article.scoring import choose
from tests.listings.language.article.labelled import (
    Labelled,
    Score,
    held_out,
    shipped_gazetteer,
    training,
)

Array = NDArray[np.float64]
Rows = Mapping[Subject, Mapping[str, float]]
FOLDS, INNER_FOLDS = 6, 8
TOPIC_WORDS, CONTEXT_WORDS = 600, 150
TOPIC_PAGES_MIN, CONTEXT_PAGES_MIN = 3, 5
TOPIC_PENALTY, CONTEXT_PENALTY, PENALTY = 0.15, 3.0, 2.0
LONG_WORDS, LONG_COPIES = 100, 2
STEPS, POWER_STEPS = 200, 15
DEFAULT = 0.45
STRICTNESS = (0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)


@dataclass(frozen=True)
class Page:
    labelled: Labelled
    passages: Sequence[AnnotatedPassage]
    mentions: Sequence[Mention]
    words: frozenset[str]

    @property
    def label(self) -> frozenset[str]:
        return self.labelled.about


def page_of(each: Labelled) -> Page:
    gazetteer = shipped_gazetteer()
    annotated = annotate(passages(each.article), gazetteer)
    mentions = find_mentions(annotated, gazetteer)
    return Page(each, annotated, mentions, page_words(annotated))


def slug(subject: Subject) -> str:
    return "/".join(filter(None, subject))


def regression(rows: Array, labels: Array, penalty: float, signs: Array | None = None) -> Array:
    """Return the weights of a logistic regression, the bias last, by accelerated descent.

    `signs` holds 1 or -1 for a weight that may have no other sign, and 0 for one that may.
    """
    x = np.hstack([rows, np.ones((len(rows), 1))])
    shrink = np.full(x.shape[1], penalty)
    shrink[-1] = 1e-6
    along = np.ones(x.shape[1])
    for _ in range(POWER_STEPS):
        along = x.T @ (x @ along)
        along /= (length := np.linalg.norm(along))
    rate = 1 / (0.3 * length + penalty)
    weights = ahead = np.zeros(x.shape[1])
    for step in range(STEPS):
        error = 1 / (1 + np.exp(-np.clip(x @ ahead, -30, 30))) - labels
        moved = ahead - rate * (x.T @ error + shrink * ahead)
        if signs is not None:
            moved = np.where(moved * signs < 0, 0.0, moved)
        ahead, weights = moved + step / (step + 3) * (moved - weights), moved
    return weights


def fit_words(
    bags: Sequence[Sequence[str]], labels: Sequence[bool], spread: Counter[str], sizes: Any
) -> dict[str, float]:
    """Fit weights to words, keep those that tell most, and fit these again."""
    least, most, penalty = sizes
    kept = sorted(word for word, count in spread.items() if count >= least)
    for _ in range(2):
        places = {word: place for place, word in enumerate(kept)}
        rows = np.zeros((len(bags), len(kept)))
        for row, bag in zip(rows, bags, strict=True):
            known = [places[word] for word in bag if word in places]
            row[known] = loudness(len(known))
        found = regression(rows, np.array(labels, float), penalty)
        weights = dict(zip(kept, found, strict=False))
        told = {word: abs(weights[word]) * np.sqrt(spread[word]) for word in kept}
        kept = sorted(sorted(kept, key=lambda word: -told[word])[:most])
    return {BIAS: round(float(found[-1]), 3)} | {
        word: round(float(weight), 2) for word, weight in weights.items() if word in kept
    }


def fit_topic(pages: Sequence[Page]) -> dict[str, float]:
    spread = Counter(word for page in pages for word in page.words)
    bags = [sorted(page.words) for page in pages]
    sizes = (TOPIC_PAGES_MIN, TOPIC_WORDS, TOPIC_PENALTY)
    return fit_words(bags, [bool(page.label) for page in pages], spread, sizes)


def fit_context(pages: Sequence[Page]) -> dict[str, float]:
    """Fit the words near names on the pages about a car, where they tell it from others."""
    told = [page for page in pages if page.label]
    spread = Counter(
        word for page in told for word in {w for each in page.mentions for w in each.context}
    )
    mentions = [(each, page) for page in told for each in page.mentions]
    bags = [each.context or ("",) for each, _ in mentions]
    labels = [slug(each.subject) in page.label for each, page in mentions]
    sizes = (CONTEXT_PAGES_MIN, CONTEXT_WORDS, CONTEXT_PENALTY)
    return fit_words(bags, labels, spread, sizes)


def rows_of(pages: Sequence[Page], context: Mapping[str, float]) -> list[Rows]:
    found: list[Rows] = []
    for page in pages:
        worths = [worth(each, context) for each in page.mentions]
        found.append(features_of(page.mentions, worths))
    return found


def fit(pages: Sequence[Page]) -> Weights:
    """Fit all weights; features of a page come from words that were fitted to other pages."""
    judged: list[tuple[Page, Rows, Mapping[str, float]]] = []
    for fold in range(INNER_FOLDS):
        topic, context = word_weights([p for at, p in enumerate(pages) if at % INNER_FOLDS != fold])
        within = pages[fold::INNER_FOLDS]
        found = zip(within, rows_of(within, context), strict=True)
        judged += [(page, rows, topic) for page, rows in found if rows]
    told = [
        (features, slug(subject) in page.label, subject)
        for page, rows, _ in judged
        if page.label
        for subject, features in rows.items()
        if slug(subject) not in page.labelled.also
    ]
    model = fit_features([(row, label) for row, label, subject in told if subject[1]])
    make = fit_features([(row, label) for row, label, subject in told if not subject[1]])
    whole = []
    for page, rows, words in judged:
        sums = {each: total(row, model if each[1] else make) for each, row in rows.items()}
        best = rows[max(sums, key=sums.__getitem__)]
        features = page_features_of(page.passages, page.mentions, best, words)
        whole += [(features, bool(page.label)) for _ in copies(page)]
    return Weights(*word_weights(pages), fit_features(whole), model, make)


def copies(page: Page) -> range:
    """Return how often a page counts: most that are asked about are no short texts."""
    return range(LONG_COPIES if len(page.labelled.article.text.split()) > LONG_WORDS else 1)


def word_weights(pages: Sequence[Page]) -> tuple[dict[str, float], dict[str, float]]:
    return fit_topic(pages), fit_context(pages)


def fit_features(rows: Sequence[tuple[Mapping[str, float], bool]]) -> dict[str, float]:
    names = list(rows[0][0])
    table = np.array([[features[name] for name in names] for features, _ in rows])
    labels = np.array([label for _, label in rows], float)
    signs = np.array([*(-1.0 if name in AGAINST else 1.0 for name in names), 0.0])
    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1.0
    found = regression((table - middle) / spread, labels, PENALTY, signs)
    weights = found[:-1] / spread
    return {BIAS: round(float(found[-1] - weights @ middle), 2)} | {
        name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)
    }


def answers(page: Page, weights: Weights, strictness: float) -> set[str]:
    likely = probabilities(page.passages, page.mentions, weights)
    return {slug(subject) for subject in choose(likely, strictness)}


def cross_validated(pages: Sequence[Page]) -> list[tuple[Page, Weights]]:
    judged = []
    for fold in range(FOLDS):
        weights = fit([page for at, page in enumerate(pages) if at % FOLDS != fold])
        judged += [(page, weights) for page in pages[fold::FOLDS]]
    return judged


def report(judged: Sequence[tuple[Page, Weights]]) -> None:
    for strictness in STRICTNESS:
        score = Score()
        for page, weights in judged:
            score.add(answers(page, weights, strictness), page.labelled)
        sys.stdout.write(f"{strictness}: {score}\n")


def main(arguments: Sequence[str]) -> None:
    pages = [page_of(each) for each in training()]
    order = np.random.default_rng(1).permutation(len(pages))
    pages = [pages[place] for place in order]
    sys.stdout.write(f"Cross-validated on {len(pages)} pages\n")
    judged = cross_validated(pages)
    report(judged)
    weights = fit(pages)
    WEIGHTS.write_text(json.dumps(vars(weights), indent=1, ensure_ascii=False) + "\n")
    if "--held-out" in arguments:
        for name, held in held_out().items():
            pages = [page_of(each) for each in held]
            sys.stdout.write(f"Held out, {name}: {len(pages)} pages\n")
            report([(page, weights) for page in pages])
    if "--wrong" in arguments:
        for page, judged_by in judged:
            if (found := answers(page, judged_by, DEFAULT)) != page.label:
                name = page.labelled.name[:70]
                sys.stdout.write(f"{name} | {sorted(found)} | {sorted(page.label)}\n")
