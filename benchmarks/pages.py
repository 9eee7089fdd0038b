"""Pages of adverts as a front end asks for them: through HTTP, and the SQL within."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client, override_settings

from benchmarks.database import run
from benchmarks.report import Report

REQUESTS = 100
DEEP = 50_000
PAGE_BOUND_MS = 5

Parameters = dict[str, Any]


@dataclass
class PageCost:
    """Seconds that requests took, each as a whole and in its SQL."""

    http: list[float]
    sql: list[float]


def measure(report: Report) -> None:
    """Measure what `postgres` answers: what is left of search while there is no replica."""
    from listings.search.engines import engine  # noqa: PLC0415 - its models need settings

    engine.cache_clear()
    with override_settings(SEARCH_ENGINE="postgres"):
        _measure(report)
    engine.cache_clear()


def _measure(report: Report) -> None:
    chance = random.Random(42)  # noqa: S311 - the same searches each time
    client = Client()
    report.title(f"First page, {REQUESTS} different requests each")
    for name, search in SEARCHES.items():
        _get(client, search(chance))
        _report(report, name, _cost(client, [search(chance) for _ in range(REQUESTS)]))
    _measure_deep(report, client)
    _measure_counts(report, client, chance)


def _make_and_model(chance: random.Random) -> Parameters:
    return {**_make(chance), "model": f"model-{_skewed(chance, 10)}", "ordering": "price"}


def _price_and_mileage(chance: random.Random) -> Parameters:
    return {
        "price_min": chance.randrange(2_000, 10_000, 500),
        "price_max": chance.randrange(10_000, 40_000, 500),
        "mileage_max": chance.randrange(20_000, 100_000, 5_000),
        "ordering": "price",
    }


def _fuel_and_gearbox(chance: random.Random) -> Parameters:
    return {
        "fuel": chance.choice(("petrol", "diesel", "hybrid", "electric")),
        "transmission": chance.choice(("manual", "automatic")),
        "ordering": "newest",
    }


def _many(chance: random.Random) -> Parameters:
    return {
        **_make(chance),
        **_fuel_and_gearbox(chance),
        "year_min": chance.randrange(2012, 2020),
        "price_max": chance.randrange(10_000, 40_000, 500),
        "ordering": "mileage",
    }


def _make(chance: random.Random) -> Parameters:
    return {"make": f"make-{_skewed(chance, 60)}"}


def _skewed(chance: random.Random, count: int) -> int:
    return 1 + int(count * chance.random() ** 2)


SEARCHES: dict[str, Callable[[random.Random], Parameters]] = {
    "all, cheapest": lambda _: {"ordering": "price"},
    "make and model, cheapest": _make_and_model,
    "price and mileage, cheapest": _price_and_mileage,
    "fuel and gearbox, newest": _fuel_and_gearbox,
    "make, fuel, gearbox, year and price, lowest mileage": _many,
}


def _measure_deep(report: Report, client: Client) -> None:
    total = _get(client, {"count": "exact", "page_size": 1})["count"]
    depth = min(DEEP, total // 2)
    report.title("Deep page, by a cursor and by OFFSET")
    question = {"ordering": "price"}
    cursor = _walk(client, question, depth)
    cost = _cost(client, [{**question, "cursor": cursor}] * REQUESTS)
    _report(report, f"all, cheapest, after {depth:,} adverts", cost)
    by_offset = [_offset_seconds(depth) for _ in range(10)]
    report.percentiles("the same by OFFSET, SQL", by_offset)
    ratio = sorted(by_offset)[5] / sorted(cost.sql)[REQUESTS // 2]
    report.figure("cursor against OFFSET, SQL", ratio, "times faster")


def _measure_counts(report: Report, client: Client, chance: random.Random) -> None:
    report.title("Exact count beside a page")
    for name, search in SEARCHES.items():
        counted = [{**search(chance), "count": "exact"} for _ in range(10)]
        cost = _cost(client, counted)
        report.percentiles(f"{name}, SQL", cost.sql)


def _walk(client: Client, question: Parameters, depth: int) -> str:
    cursor: Parameters = {}
    for _ in range(depth // 100):
        page = _get(client, {**question, **cursor, "page_size": 100})
        cursor = {"cursor": page["next_cursor"]}
    return str(cursor["cursor"])


def _offset_seconds(depth: int) -> float:
    started = time.perf_counter()
    run(
        "SELECT listing.id FROM listings_listing AS listing"
        " JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id AND dealer.is_active"
        " WHERE status = 'live' AND expires_at > now() ORDER BY price, listing.id"
        " LIMIT 20 OFFSET %s",
        depth,
    )
    return time.perf_counter() - started


def _report(report: Report, name: str, cost: PageCost) -> None:
    report.percentiles(f"{name}, SQL", cost.sql, PAGE_BOUND_MS)
    report.percentiles(f"{name}, HTTP", cost.http)


def _cost(client: Client, requests: list[Parameters]) -> PageCost:
    cost = PageCost([], [])
    for parameters in requests:
        with _timed_sql() as seconds:
            started = time.perf_counter()
            _get(client, parameters)
            cost.http.append(time.perf_counter() - started)
        cost.sql.append(sum(seconds))
    return cost


@contextmanager
def _timed_sql() -> Iterator[list[float]]:
    seconds: list[float] = []

    def time_one(execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            seconds.append(time.perf_counter() - started)

    with connection.execute_wrapper(time_one):
        yield seconds


def _get(client: Client, parameters: Parameters) -> Any:
    answer = client.get(f"/api/v1/listings/?{urlencode(parameters)}")
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code} for {parameters}: {answer.content[:500]!r}")
    return answer.json()
