"""What ratings cost: a replica's room, all adverts valued at once, and searches by them.

Labels and ratios are drawn at random, a label's share being about what the rule gives.
"""

import statistics
import time
from collections.abc import Callable
from itertools import pairwise

from django.conf import settings

from benchmarks.database import run
from benchmarks.report import Report
from benchmarks.search.questions import KINDS, NINE, SIZE, asks
from listings.models import MarketFit
from listings.models.value import INPUTS_SQL
from listings.search.criteria import Criteria
from listings.search.engine import SearchEngine, SearchRequest
from listings.search.memory import MemoryEngine
from listings.search.memory.ratings import RATED
from listings.search.memory.replica import Replica
from listings.search.postgres import PostgresEngine

QUESTIONS = 200
ROUNDS = 5
ASKED_OF_POSTGRES = 3
AGE_MAX_SECONDS = 300
BYTES_AN_ADVERT = 4.0
FILTER_SHARE = 1.05
AGE_MAX = 10.0
ASKED = ["great", "good"]

_RATE = f"""
    INSERT INTO listings_listingvalue
        (listing_id, inputs, seen, value, low_80, high_80, low_90, high_90, comparables, width,
        ratio, label, reason, fit_id)
    SELECT listing.id, {INPUTS_SQL}, listing.revision, listing.price, listing.price, listing.price,
        listing.price, listing.price, 20, 1, 700 + floor(500 * chance),
        CASE WHEN chance < 0.03 THEN 'lower' WHEN chance < 0.19 THEN 'great'
            WHEN chance < 0.65 THEN 'good' WHEN chance < 0.91 THEN 'fair' ELSE 'higher' END,
        '', %s
    FROM (SELECT *, random() AS chance FROM listings_listing) AS listing
"""
_RELABEL = """
    UPDATE listings_listingvalue SET label = 'great', ratio = 899
    WHERE listing_id IN (SELECT listing_id FROM listings_listingvalue
        WHERE label = 'good' ORDER BY listing_id LIMIT %s)
"""


def measure(report: Report, listings: int) -> None:
    report.title(f"Ratings of {listings:,} adverts")
    replica = Replica(every=settings.REPLICA_SECONDS, age_max=AGE_MAX_SECONDS)
    engine = MemoryEngine(replica)
    with report.timed("a replica loads, nothing rated"):
        _until(lambda: replica.snapshot() is not None)
    fit = MarketFit.objects.create(rule="2026.1", adverts=listings, is_current=True)
    _follow(report, engine, "all adverts rated at once", (_RATE, fit.pk))
    run("VACUUM (ANALYZE) listings_listingvalue")
    _follow(report, engine, "one in a hundred rated anew", (_RELABEL, listings // 100))
    _measure_room(report, replica, listings)
    _measure_filter(report, "memory", engine, QUESTIONS, ROUNDS)
    _measure_filter(report, "postgres", PostgresEngine(), ASKED_OF_POSTGRES, 1)
    _measure_order(report, engine)
    replica.stop()
    again = Replica(every=settings.REPLICA_SECONDS, age_max=AGE_MAX_SECONDS)
    with report.timed("another replica loads, ratings among the rest"):
        _until(lambda: again.snapshot() is not None)
    again.stop()


def _follow(report: Report, engine: MemoryEngine, what: str, statement: tuple[str, int]) -> None:
    """Write ratings, and search until the replica knows them; tell how that went."""
    sought = SearchRequest(Criteria(price_rating=("great",)), ("price",), 1, is_counted=True)
    before = engine.search(sought).count
    with report.timed(f"{what}: written in one statement"):
        run(*statement)
    started = time.perf_counter()
    seconds, read_at = [], set[int]()
    while engine.search(sought).count == before and time.perf_counter() < started + AGE_MAX_SECONDS:
        asked = time.perf_counter()
        engine.search(_request({"year_min": 2015}, ("price",)))
        seconds.append(time.perf_counter() - asked)
        if (current := engine.replica.snapshot()) is not None:
            read_at.add(current[0].as_of)
    current = engine.replica.snapshot()
    moments = sorted({*read_at, *([current[0].as_of] if current else [])})
    report.figure(f"{what}: found after", time.perf_counter() - started, "s", AGE_MAX)
    age = max((later - earlier for earlier, later in pairwise(moments)), default=0)
    report.figure(f"{what}: longest between two readings", age / 1e6, "s", AGE_MAX)
    if seconds:
        report.percentiles(f"{what}: searches meanwhile", seconds)


def _measure_room(report: Report, replica: Replica, listings: int) -> None:
    current = replica.snapshot()
    if current is None:
        raise RuntimeError("The replica is too old.")
    snapshot = current[0]
    room = sum(snapshot.columns[name].nbytes for name in RATED)
    room += sum(len(each.serialize()) for each in snapshot.values.doc_ids["price_rating"].values())
    report.figure("a replica's room for ratings", room / listings, "bytes", BYTES_AN_ADVERT)


def _measure_filter(
    report: Report, name: str, engine: SearchEngine, count: int, rounds: int
) -> None:
    """Ask each question with the filter and without in turn, so that both have the same machine."""
    for kind in KINDS:
        without, rated = list[float](), list[float]()
        for _ in range(rounds):
            for ask in asks(kind, count):
                plain = {**ask.parameters}
                without.append(_seconds(engine, _request(plain, ("price",))))
                rated.append(
                    _seconds(engine, _request({**plain, "price_rating": ASKED}, ("price",)))
                )
        share = statistics.median(rated) / statistics.median(without)
        bound = FILTER_SHARE if name == "memory" else None
        report.percentiles(f"{name}, {kind}: with a rating filter", rated)
        report.figure(
            f"{name}, {kind}: with a rating filter against without", share, "times", bound
        )


def _measure_order(report: Report, engine: SearchEngine) -> None:
    for kind in KINDS:
        seconds = [
            _seconds(engine, _request(ask.parameters, ("value",))) for ask in asks(kind, QUESTIONS)
        ]
        report.percentiles(f"{kind}: by value", seconds)
    everything = [_seconds(engine, _request({}, ("value",))) for _ in range(20)]
    report.percentiles("all adverts: by value", everything)


def _request(parameters: dict[str, object], ordering: tuple[str, ...]) -> SearchRequest:
    criteria = Criteria.from_parameters(parameters)
    return SearchRequest(criteria, ordering, SIZE, is_counted=True, facets=NINE)


def _seconds(engine: SearchEngine, request: SearchRequest) -> float:
    started = time.perf_counter()
    engine.search(request)
    return time.perf_counter() - started


def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.01)
