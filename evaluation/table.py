"""The table: each set by the scorer of its kind, and what reading costs."""

import argparse
from collections.abc import Callable, Mapping, Sequence

from evaluation import speed
from evaluation.figures import Tally
from evaluation.labelled_sets import FOLDER, Case, LabelledSet, sets_of
from evaluation.market import EACH, Market
from evaluation.regression import regression_sets
from evaluation.scorers import (
    derivatives,
    feed_cells,
    feed_files,
    feed_headers,
    feed_status,
    names,
    pages,
    phrases,
)
from listings.catalogue.vocabulary import VOCABULARY
from listings.language.article import match
from listings.search.suggest import index_cache

Scorer = Callable[[Sequence[Case]], Tally]


def show(arguments: argparse.Namespace, adverts_each: int = EACH) -> None:
    """Print the table of the sets asked for; the market has so many adverts of each model."""
    sets = list(sets_of(arguments.sets or FOLDER))
    if arguments.sets is None:
        sets += regression_sets()
    market = Market(adverts_each)
    count = market.load(_cases(sets, "derivatives"), _cases(sets, "phrases"))
    print(f"A market of {count:,} adverts; shares with their intervals of 95 % (Wilson).")
    if not arguments.speed:
        scorers = _scorers(market)
        for each in sets:
            if arguments.only in (None, each.kind):
                _show(each, scorers[each.kind](each.cases), tells_faults=arguments.faults)
    if arguments.only is None:
        texts = [case["text"] for case in _cases(sets, "phrases")]
        print("\nspeed")
        for line in speed.lines(texts, VOCABULARY.current()):
            print(line, flush=True)
    index_cache().stop()


def _cases(sets: Sequence[LabelledSet], kind: str) -> list[Case]:
    return [case for each in sets if each.kind == kind for case in each.cases]


def _scorers(market: Market) -> Mapping[str, Scorer]:
    vocabulary = VOCABULARY.current()
    catalogue = vocabulary.catalogue
    return {
        "derivatives": derivatives.score,
        "phrases": lambda cases: phrases.score(cases, vocabulary, market.count),
        "names": lambda cases: names.score(cases, catalogue),
        "pages": lambda cases: pages.score(cases, catalogue, match),
        "feed_cells": feed_cells.score,
        "feed_status": feed_status.score,
        "feed_headers": feed_headers.score,
        "feed_files": lambda cases: feed_files.score(cases, catalogue),
    }


def _show(labelled: LabelledSet, tally: Tally, *, tells_faults: bool) -> None:
    print(f"\n{labelled.title}")
    for line in tally.lines():
        print(line, flush=True)
    if tells_faults and not labelled.is_blind:
        for share in tally.shares:
            for case in share.cases:
                print(f"    {share.name}: {case}")
