"""Searches and writes as a market has them, and what the theory of queues says of their times.

For each 25 searches there is a write: of 20, ten change a price and eight put up a new advert, by
the stock API, and two run out, by the job. Each request is timed first with nobody else about:
those service times are the model's, with the workers for its servers.
"""

import itertools
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from threading import Event, Thread
from typing import Any

from django.db import connection

from benchmarks.database import run, value
from benchmarks.load.arrivals import Arrival
from benchmarks.load.queueing import mean_wait
from benchmarks.load.service import (
    LISTINGS,
    Web,
    arriving,
    database_processor,
    headers,
    percentile,
    served,
)
from benchmarks.report import Report
from benchmarks.search.http import OURS, path
from benchmarks.search.questions import KINDS, searches
from listings.adverts import expire_due

Request = dict[str, Any]

GOAL = 520.0  # requests a second: a tenth of what is planned for
SEARCHES_A_WRITE = 25
ALONE = 260  # requests timed with nobody else about: ten of each write
SHARES = (0.3, 0.5, 0.8)  # of what the workers could do without a pause
SECONDS = 40.0
NEW, CARDS, FACETS, ADVERTS = 12_000, 70, 20, 10  # of a hundred searches
EXPIRED_SHARE = 0.1  # of the writes

_RUN_OUT = """
    UPDATE listings_listing SET expires_at = now() WHERE id IN (
        SELECT id FROM listings_listing WHERE status = 'live' AND id > %s AND expires_at > now()
        ORDER BY id LIMIT %s
    )
"""


def measure(report: Report, listings: int) -> None:
    report.title(f"Searches and writes among {listings:,} adverts, Poisson arrivals")
    with served(API_KEY_REQUESTS_PER_MINUTE="0") as web:
        asked = _requests(listings)
        services = _timed_alone(report, web, asked)
        for share in SHARES:
            rate = share * len(web.workers()) / mean(services)
            services = _measure_rate(report, web, asked, services, rate)


def _timed_alone(report: Report, web: Web, asked: Iterator[Request]) -> list[float]:
    """Ask one request after the other, and return the seconds that each of them took.

    Whoever else is on the machine makes them longer, and not always alike: so it is asked before
    and after each rate.
    """
    chosen = list(itertools.islice(asked, ALONE))
    before, started = web.processor(), time.perf_counter()
    with arriving(web.port, chosen, rate=0.0, seconds=0.0, connections=1) as arrivals:
        pass
    _refuse_failures(arrivals)
    taken = (web.processor() - before) / ALONE
    report.say(f"  {ALONE} requests alone, {time.perf_counter() - started:.1f} s")
    for route, found in _by_route(arrivals):
        report.percentiles(f"service, {route}", [each.seconds for each in found])
    report.figure("the workers' processor for a request", 1000 * taken, "ms")
    return [each.seconds for each in arrivals]


def _measure_rate(
    report: Report, web: Web, asked: Iterator[Request], services: list[float], rate: float
) -> list[float]:
    """Return the service times measured afterwards, which the next rate begins with."""
    workers = len(web.workers())
    chosen = list(itertools.islice(asked, int(rate * SECONDS * 1.2)))
    before = web.processor(), database_processor(), _machine()
    with (
        _running_out(rate / (1 + SEARCHES_A_WRITE) * EXPIRED_SHARE),
        arriving(web.port, chosen, rate=rate, seconds=SECONDS) as arrivals,
    ):
        time.sleep(SECONDS)
    now = web.processor(), database_processor(), _machine()
    workers_took, database_took, busy = (a - b for a, b in zip(now, before, strict=True))
    failed = sum(each.status not in (200, 201) for each in arrivals)
    ended = max(each.due + each.seconds for each in arrivals)
    report.say(f"  {rate:.0f} requests a second were due, of which {failed} failed")
    report.figure("answered", len(arrivals) / max(SECONDS, ended), "requests/s")
    for route, found in (*_by_route(arrivals), ("all", arrivals)):
        times = [each.seconds for each in found]
        shares = (percentile(times, share) * 1000 for share in (0.5, 0.95, 0.99))
        texts = "".join(f"{each:>10,.1f}" for each in shares)
        report.say(f"    {route:<12}{len(found):>8} p50, p95, p99 in ms:{texts}")
    later = _timed_alone(report, web, asked)
    services = services + later
    waited = 1000 * mean_wait(workers, rate, services)
    report.figure("busy by the model", rate * mean(services) / workers, "")
    report.figure("mean time by the model", waited + 1000 * mean(services), "ms")
    report.figure("mean time measured", 1000 * mean(each.seconds for each in arrivals), "ms")
    for name, took in (("the workers'", workers_took), ("PostgreSQL's", database_took)):
        report.figure(f"{name} processor for a request", 1000 * took / len(arrivals), "ms")
        needed = GOAL * took / len(arrivals)
        report.figure(f"  processors that {GOAL:g} requests a second would keep busy", needed, "")
    report.figure("processors of the machine busy, by anybody", busy / SECONDS, "")
    return later


def _requests(listings: int) -> Iterator[Request]:
    """Yield searches with a write behind each 25, no two of them alike."""
    searching, writing = _searches(listings), _writes()
    while True:
        yield from itertools.islice(searching, SEARCHES_A_WRITE)
        yield next(writing)


def _searches(listings: int) -> Iterator[Request]:
    chance = random.Random(7)  # noqa: S311 - not for secrets
    for part in itertools.count():
        found = zip(*(searches(kind, NEW) for kind in KINDS), strict=True)
        for each in itertools.chain.from_iterable(found):
            kind = chance.choices(("page", "facets", "advert"), (CARDS, FACETS, ADVERTS))[0]
            if kind == "advert":
                yield {"route": kind, "path": f"{LISTINGS}{chance.randint(1, listings)}/"}
                continue
            other = {**each, "mileage_max": each.get("mileage_max", 90_000) + part}
            yield {"route": kind, "path": path(OURS, other, has_facets=kind == "facets")}


def _writes() -> Iterator[Request]:
    from dealers.keys import create_key  # noqa: PLC0415 - its models need settings
    from dealers.models import Dealer, Scope  # noqa: PLC0415 - its models need settings
    from dealers.permissions import SYSTEM  # noqa: PLC0415 - its models need settings

    dealer = Dealer.objects.earliest("pk").pk
    key = create_key(dealer_id=dealer, actor=SYSTEM, name="Load", scopes=Scope.values)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, price FROM listings_listing WHERE dealer_id = %s ORDER BY id DESC", [dealer]
        )
        priced = itertools.cycle(cursor.fetchall())
    for number in itertools.count():
        if number % 9 < 5:
            id_, price = next(priced)
            told = {
                "method": "PATCH",
                "path": f"/api/v1/stock/{id_}/",
                "body": {"price": price - 5},
            }
            yield {"route": "price", **told, "headers": headers(key.token)}
        else:
            body = {"items": _published(number)}
            told = {"method": "POST", "path": "/api/v1/stock/batch/", "body": body}
            yield {"route": "new advert", **told, "headers": headers(key.token)}


def _published(number: int) -> list[Request]:
    """Return the items of a batch that writes an advert and puts it up."""
    car = {
        "make": f"Make {1 + number % 60}",
        "model": f"Model {1 + number % 10}",
        "derivative": "2.0 TDI SE 5dr",
        "year": 2012 + number % 12,
        "mileage": 20_000 + number,
        "price": 6_995 + number,
        "fuel": "diesel",
        "transmission": "manual",
    }
    ref = f"LOAD-{number}"
    return [
        {"op": "upsert", "stock_ref": ref, "listing": car},
        {"op": "publish", "stock_ref": ref},
    ]


@contextmanager
def _running_out(rate: float) -> Iterator[None]:
    """Let so many adverts a second run out, and be expired by the job each second."""
    over, first = Event(), int(value("SELECT max(id) / 2 FROM listings_listing"))

    def go_on() -> None:
        owed = 0.0
        while not over.wait(1.0):
            owed += rate
            run(_RUN_OUT, first, int(owed))
            owed -= int(owed)
            expire_due()
        connection.close()

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _by_route(arrivals: list[Arrival]) -> list[tuple[str, list[Arrival]]]:
    routes = sorted({each.route for each in arrivals})
    return [(route, [each for each in arrivals if each.route == route]) for route in routes]


def _refuse_failures(arrivals: list[Arrival]) -> None:
    failed = [each for each in arrivals if each.status not in (200, 201)]
    if failed:
        raise RuntimeError(f"{len(failed)} requests failed, such as {failed[0]}")


def _machine() -> float:
    """Return the seconds that this machine's processors were busy since it started."""
    words = Path("/proc/stat").read_text().splitlines()[0].split()
    busy = [int(each) for place, each in enumerate(words[1:9]) if place not in (3, 4)]
    return sum(busy) / 100
