"""Saved searches against changed adverts: all at once, beside asking PostgreSQL for each.

What happens in this process alone is told in seconds of the processor, the best of three, as others
may use it too; what PostgreSQL has a part in, in seconds of the clock.
"""

import gc
import json
import random
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from django.db import connection, transaction

from benchmarks import saved_searches
from benchmarks.database import run, value
from benchmarks.report import Report
from listings.buyers.alert_ledger import enter_untold
from listings.buyers.percolator.adverts import ChangedAdverts
from listings.buyers.percolator.compiler import compile_rows
from listings.buyers.percolator.matcher import Searches
from listings.buyers.percolator.standing_searches import Pairs, StandingSearches
from listings.revisions import one_moment
from listings.search.criteria import FIELDS, Criteria
from listings.search.fields import RangeField
from listings.search.memory.slug_index import SlugIndex
from listings.search.memory.updates import read_update
from listings.search.postgres import matching

CHANGED = 10_000
MOST = 20
SINGLES = 500
FRESH = 20_000
PAIRS = 10_000_000
PLAIN = 100
COMPARISONS = 1_000_000_000

_PLACE_BRANCHES = (
    "ALTER TABLE dealers_branch DISABLE TRIGGER USER",
    "UPDATE dealers_branch SET latitude = 50 + 6 * random(), longitude = -4 + 5 * random()",
    "ALTER TABLE dealers_branch ENABLE TRIGGER USER",
)
_CHANGE = """
    UPDATE listings_listing SET price = price - 5 WHERE id IN (
        SELECT id FROM listings_listing WHERE status = 'live' ORDER BY random() LIMIT %s
    )
"""

_IS_CHANGED = "listings_listing.id IN (SELECT id FROM benchmark_changed)"


def measure(report: Report, count: int) -> None:
    """Measure so many searches; there must be adverts."""
    report.title(f"Alerts: {count:,} saved searches, {CHANGED:,} changed adverts")
    for statement in _PLACE_BRANCHES:
        run(statement)
    rows = list(saved_searches.searches(count, any_share=0.05))
    saved_searches.write(rows)
    adverts = _changed(report)
    standing = _started(report, adverts, count)
    whole = _measure_all(report, standing, adverts)
    _measure_one(report, standing, adverts)
    _measure_fresh(report, standing, count)
    _measure_broad(report, adverts, count)
    _measure_plain(report, rows, adverts, whole)
    _measure_ledger(report)


def _changed(report: Report) -> ChangedAdverts:
    with one_moment() as before:
        pass
    run(_CHANGE, CHANGED)
    with report.timed("read the changed adverts"):
        return ChangedAdverts.public(read_update(before))


def _started(report: Report, adverts: ChangedAdverts, count: int) -> StandingSearches:
    """Return searches from PostgreSQL, ready to be matched."""

    def start() -> StandingSearches:
        with connection.cursor() as cursor:
            cursor.execute(saved_searches.STORED)
            return StandingSearches(cursor.fetchall(), SlugIndex.load())

    report.figure("start from PostgreSQL", _seconds(start), "s", 15 * count / 1e6)
    tracemalloc.start()
    standing = start()
    standing.matches(adverts, MOST)  # what it keeps from then on counts
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    report.figure("memory for a million", taken / count, "MB", 60)
    return standing


def _measure_all(report: Report, standing: StandingSearches, adverts: ChangedAdverts) -> float:
    unit = _best(_compare)
    whole = _best(lambda: standing.matches(adverts, MOST))
    report.figure(f"match all, {MOST} a search", whole, "s", 3)
    report.figure(f"compare {COMPARISONS:,} pairs of numbers in NumPy", unit, "s")
    report.figure("the first against the second", whole / unit, "times as long")
    report.figure("pairs found", len(standing.matches(adverts, MOST)), "")
    return whole


def _compare() -> None:
    numbers, found = np.arange(100_000, dtype=np.int32), np.empty(100_000, dtype=np.bool_)
    for bound in range(COMPARISONS // len(numbers)):
        np.greater_equal(numbers, np.int32(bound), out=found)


def _measure_one(report: Report, standing: StandingSearches, adverts: ChangedAdverts) -> None:
    seconds = []
    for at in range(SINGLES):
        columns = {name: column[at : at + 1] for name, column in adverts.columns.items()}
        words = adverts.words[at : at + 1]
        one = ChangedAdverts(columns, words, adverts.branches, adverts.now)
        seconds.append(_best(lambda one=one: standing.matches(one)))  # type: ignore[misc]
    seconds.sort()
    report.figure("one advert, p50", 1000 * seconds[SINGLES // 2], "ms", 1)
    report.figure("one advert, p99", 1000 * seconds[SINGLES * 99 // 100], "ms", 2)


def _measure_fresh(report: Report, standing: StandingSearches, count: int) -> None:
    names = SlugIndex.load()
    fresh = [
        (id_ + count // 2, text) for id_, text in saved_searches.searches(FRESH, any_share=0.05)
    ]
    took = _best(lambda: standing.change(fresh, (), names))
    report.figure(f"take {FRESH:,} changed searches in", 1000 * took, "ms", 100)


def _measure_broad(report: Report, adverts: ChangedAdverts, count: int) -> None:
    rows = saved_searches.searches(count, any_share=0.2)
    broad = Searches(compile_rows(rows, SlugIndex.load()))
    took = _best(lambda: broad.matches(adverts, MOST))
    report.figure("match all, a fifth of which name no make", took, "s", 4.5)


def _measure_plain(
    report: Report, rows: list[saved_searches.Stored], adverts: ChangedAdverts, whole: float
) -> None:
    """Ask PostgreSQL for each of a sample which of the changed adverts it finds."""
    run("CREATE TABLE benchmark_changed (id bigint PRIMARY KEY)")
    ids = adverts.columns["id"].tolist()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_changed SELECT unnest(%s::bigint[])", [ids])
    run("ANALYZE benchmark_changed")
    sample = random.Random(5).sample(rows, PLAIN)  # noqa: S311 - a repeatable sample, no secret
    asked = [Criteria.from_parameters(_typed(json.loads(text))) for _, text in sample]

    def ask_each() -> None:
        for criteria in asked:
            found = matching(criteria).extra(where=[_IS_CHANGED])  # noqa: S610 - text of ours
            list(found.values_list("pk", flat=True)[:MOST])

    plain = _seconds(ask_each) * len(rows) / PLAIN
    report.figure(f"asking PostgreSQL for each would take (from {PLAIN})", plain, "s")
    report.figure("all at once against that", plain / whole, "times faster", at_least=50)


def _typed(stored: dict[str, list[str]]) -> dict[str, object]:
    ends = {f"{name}_{end}" for name in FIELDS for end in ("min", "max")}
    single = {"near", "within_miles"} | {
        end for end in ends if isinstance(FIELDS[end[:-4]], RangeField)
    }
    numbers = single - {"near"} | {"doors"}
    typed = {
        name: [int(text) for text in texts] if name in numbers else texts
        for name, texts in stored.items()
    }
    return {name: each[0] if name in single else each for name, each in typed.items()}


def _measure_ledger(report: Report) -> None:
    chance = np.random.default_rng(5)
    drawn = PAIRS + PAIRS // 100  # some are drawn twice
    keys = chance.integers(1, CHANGED + 1, drawn) << 32 | chance.integers(1, 1_000_001, drawn)
    keys = chance.permutation(np.unique(keys))[:PAIRS]
    pairs, prices = Pairs(keys & 0xFFFF_FFFF, keys >> 32), dict.fromkeys(range(CHANGED + 1), 9_995)
    with transaction.atomic():
        took = _seconds(lambda: enter_untold(pairs, prices))
    report.figure(f"enter {len(pairs):,} pairs in the ledger", took, "s", 2)
    size = value("SELECT pg_total_relation_size('listings_alertledgerentry')")
    report.figure("the ledger's room for them", size / 1e6, "MB", 40)
    if again := len(enter_untold(pairs, prices)):
        raise RuntimeError(f"{again:,} pairs would be told twice")


def _best(job: Callable[[], object]) -> float:
    return min(_busy_seconds(job) for _ in range(3))


def _busy_seconds(job: Callable[[], object]) -> float:
    started = time.process_time()
    job()
    return time.process_time() - started


def _seconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started
