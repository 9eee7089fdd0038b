"""How often adverts are seen, opened, telephoned about and asked about, without a word of whom.

A web process counts in memory, at the cost of an append, and a thread of its own writes the sums
every few seconds in one statement. What a process has not written when it is killed is lost: a few
seconds of counts, and nothing else.
"""

import atexit
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet, Sum
from django.http import HttpRequest

from listings.models import AdvertDay
from marketplace.london_time import london_today

Place = AdvertDay.Place
COLUMNS = ("seen", "opened", "phoned", "enquired")
PENDING_MAX = 20_000
"""So many answers wait at most where the database is away; then the oldest are forgotten."""

ROBOTS = ("bot", "crawl", "spider", "slurp", "preview", "monitor", "probe", "scan", "headless")
"""Words by which programs name themselves.

Source: Google, "Google crawlers (user agents)"; Microsoft, "Bingbot"; RFC 9309, 2.2.1.
"""

log = structlog.get_logger(__name__)

Noted = tuple[str, str, date, tuple[int, ...]]


class AudienceCounter:
    """What one process has counted and not yet written."""

    def __init__(self) -> None:
        self._noted: deque[Noted] = deque(maxlen=PENDING_MAX)
        self._lock = threading.Lock()
        self._pid = 0

    def count(self, column: str, place: str, ids: Iterable[int]) -> None:
        """Count some adverts once each, as seen today."""
        self._noted.append((column, place, london_today(), tuple(ids)))
        if self._pid != os.getpid() and settings.AUDIENCE_SECONDS:
            self._start()

    def flush(self) -> int:
        """Write what was counted; return how many rows. What cannot be written now stays."""
        noted: list[Noted] = []
        while self._noted:
            noted.append(self._noted.popleft())
        try:
            return _write(noted)
        except DatabaseError as error:
            log.warning("audience_not_written", error=type(error).__name__)
            self._noted.extendleft(reversed(noted[-(PENDING_MAX - len(self._noted)) :]))
            return 0

    def _start(self) -> None:
        """Begin a thread in this process, once; what a fork brought along is the parent's."""
        with self._lock:
            if self._pid == os.getpid():
                return
            if self._pid:
                self._noted = deque(list(self._noted)[-1:], maxlen=PENDING_MAX)
            self._pid = os.getpid()
            threading.Thread(target=self._run, name="audience", daemon=True).start()
            atexit.register(self.flush)

    def _run(self) -> None:
        while settings.AUDIENCE_SECONDS:
            time.sleep(settings.AUDIENCE_SECONDS)
            self.flush()
            connections.close_all()
        self._pid = 0


counter = AudienceCounter()


def count_seen(request: HttpRequest, place: str, ids: Iterable[int]) -> None:
    """Count the adverts of an answer, unless a program asked that says so."""
    if not is_robot(request):
        counter.count("seen", place, ids)


def count_opened(request: HttpRequest, place: str, listing_id: int) -> None:
    if not is_robot(request):
        counter.count("opened", place, (listing_id,))


def count_phoned(request: HttpRequest, place: str, listing_id: int) -> None:
    if not is_robot(request):
        counter.count("phoned", place, (listing_id,))


def count_enquired(place: str, listing_id: int) -> None:
    counter.count("enquired", place, (listing_id,))


def is_robot(request: HttpRequest) -> bool:
    """Whether whoever asks calls itself a program that reads pages by itself."""
    agent = request.META.get("HTTP_USER_AGENT", "")[:300].lower()
    return any(word in agent for word in ROBOTS)


def place_of(request: HttpRequest) -> str:
    """Return where a reader of our own pages comes from: a placement names a block."""
    return Place.BLOCK if request.GET.get("placement") else Place.PAGES


_ADD = """
    INSERT INTO listings_advertday AS sums (listing_id, day, place, seen, opened, phoned, enquired)
    SELECT given.id, %s, %s, given.seen, given.opened, given.phoned, given.enquired
    FROM unnest(
        %s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[]
    ) AS given (id, seen, opened, phoned, enquired)
    JOIN listings_listing AS listing ON listing.id = given.id
    ORDER BY given.id
    ON CONFLICT (listing_id, day, place) DO UPDATE SET
        seen = sums.seen + excluded.seen, opened = sums.opened + excluded.opened,
        phoned = sums.phoned + excluded.phoned, enquired = sums.enquired + excluded.enquired
"""
_PACK = """
    WITH old AS (
        DELETE FROM listings_advertday WHERE id IN (
            SELECT id FROM listings_advertday
            WHERE day < %(before)s AND day <> date_trunc('month', day)::date
            ORDER BY day, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ) RETURNING *
    )
    INSERT INTO listings_advertday AS sums (listing_id, day, place, seen, opened, phoned, enquired)
    SELECT listing_id, date_trunc('month', day)::date, place,
        sum(seen), sum(opened), sum(phoned), sum(enquired)
    FROM old GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (listing_id, day, place) DO UPDATE SET
        seen = sums.seen + excluded.seen, opened = sums.opened + excluded.opened,
        phoned = sums.phoned + excluded.phoned, enquired = sums.enquired + excluded.enquired
"""


@dataclass(frozen=True)
class AudienceDay:
    """The sums of one day, of all places together."""

    day: date
    seen: int = 0
    opened: int = 0
    phoned: int = 0
    enquired: int = 0


def audience_days(rows: QuerySet[AdvertDay], *, days: int) -> list[AudienceDay]:
    """Return the last days up to today, those without any count among them."""
    first = london_today() - timedelta(days=days - 1)
    by_day = rows.filter(day__gte=first).order_by().values_list("day")
    counted = by_day.annotate(*(Sum(name) for name in COLUMNS))
    found = {row[0]: AudienceDay(*row) for row in counted}
    every = (first + timedelta(days=place) for place in range(days))
    return [found.get(day, AudienceDay(day)) for day in every]


def pack_days(*, before: date, limit: int = 10_000) -> int:
    """Add days before one up into the first of their months, in batches; return the batches."""
    batches = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PACK, {"before": before, "limit": limit})
            if cursor.rowcount == 0:
                return batches
        batches += 1


def _write(noted: list[Noted]) -> int:
    """Add counts up and write them, sorted, so that no two processes wait for each other."""
    sums: dict[tuple[date, str], dict[str, Counter[int]]] = {}
    for column, place, day, ids in noted:
        sums.setdefault((day, place), {}).setdefault(column, Counter()).update(ids)
    if not sums:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        return sum(_add(cursor, *key, sums[key]) for key in sorted(sums))


def _add(cursor: CursorWrapper, day: date, place: str, counted: Mapping[str, Counter[int]]) -> int:
    ids = sorted(set().union(*counted.values()))
    by_column = (counted.get(name) for name in COLUMNS)
    counts = [map(each.__getitem__, ids) if each else [0] * len(ids) for each in by_column]
    cursor.execute(_ADD, [day, place, *map(_array, (ids, *counts))])
    return int(cursor.rowcount)


def _array(numbers: Iterable[int]) -> str:
    """Return numbers as PostgreSQL reads them, at a tenth of what adapting each would cost."""
    return "{" + ",".join(map(str, numbers)) + "}"
