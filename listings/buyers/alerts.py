"""Alerts as a consumer of changes: what happened to adverts finds the searches that it is news to.

Each page is one transaction: the lease and the cursor are locked, pairs that were told before are
left out, ledger and queue are written, and the cursor moves on. A process that is killed anywhere
has written all of that or nothing.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import structlog
from django.db import connection, transaction

from listings.buyers import alert_queue
from listings.buyers.alert_ledger import enter_untold
from listings.buyers.news import news
from listings.buyers.percolator.adverts import ChangedAdverts
from listings.buyers.percolator.standing_searches import Pairs
from listings.buyers.search_matcher import SearchMatcher
from listings.buyers.tasks import collect_alerts
from listings.changes import Changes, ChangesPosition, position_now, read_changes
from listings.exceptions import CursorExpired
from listings.models import ChangesFollower, Listing
from listings.models.conditions import PUBLIC_SQL
from listings.models.listing import ListingQuerySet
from listings.models.value import rated
from listings.search.memory.columns import Column
from listings.search.memory.updates import read_adverts
from marketplace.lease import LeaseHolder
from marketplace.outbox import enqueue_each

PAGE = 250
"""Where very many have saved very broad searches, an advert is news to tens of thousands."""
IDLE_SECONDS = 30.0
"""So long a position may stand that nothing changed after."""

log = structlog.get_logger(__name__)

# Watched cars: cheaper than was told last, gone, or back.
_WATCHED = f"""
    SELECT saved.id, car.listing_id
    FROM listings_savedcar AS car
    JOIN listings_savedsearch AS saved ON saved.record_id = car.record_id
    LEFT JOIN (
        SELECT listing.id, listing.price FROM listings_listing AS listing
        JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
        WHERE {PUBLIC_SQL}
    ) AS listing ON listing.id = car.listing_id
    WHERE car.listing_id = ANY(%s) AND saved.state = 'active' AND CASE
        WHEN listing.id IS NULL THEN car.told_gone_at IS NULL
        ELSE car.told_gone_at IS NOT NULL OR listing.price < car.price
    END
"""  # noqa: S608 - a condition of ours


class Alerts:
    """Tells saved searches of what they find."""

    name = "alerts"

    def __init__(self) -> None:
        self._matcher = SearchMatcher()
        self._moved_at = time.monotonic()

    def prepare(self) -> None:
        self._matcher.refresh()

    def follow(self, lease: LeaseHolder) -> bool:
        """Take a page. One who has to start over is told nothing of what then looks new."""
        rows = ChangesFollower.objects.filter(name=self.name)
        stored = rows.values_list("position", flat=True).first()
        follows_ratings = self._matcher.asks_for_ratings
        try:
            position = stored and ChangesPosition.from_json(stored)
            page = read_changes(position, PAGE, _news(), with_ratings=follows_ratings)
        except CursorExpired:
            stored = None
        if stored is None:
            return self._start_over(lease)
        is_due = bool(page.changes) or time.monotonic() >= self._moved_at + IDLE_SECONDS
        if is_due or not follows_ratings:
            self._matcher.refresh()  # after the page was read: whoever saved before is in it
        if self._matcher.asks_for_ratings != follows_ratings:
            return True  # it is read again, with ratings or without
        return self._take(page, stored, lease) if is_due else False

    def _take(self, page: Changes, stored: Mapping[str, Any], lease: LeaseHolder) -> bool:
        """Tell of a page, and move on from where it was read; say whether more wait."""
        pairs, prices = self._pairs(page)
        rows = ChangesFollower.objects.filter(name=self.name)
        with transaction.atomic():
            lease.check()
            if rows.select_for_update().get().position != stored:
                return True
            told = _tell(page, pairs, prices)
            rows.update(position=page.following.to_json())
        self._moved_at = time.monotonic()
        if told:
            log.info("alerts_queued", pairs=told, adverts=len(page.changes))
        return page.has_more

    def _start_over(self, lease: LeaseHolder) -> bool:
        position = position_now().to_json()
        with transaction.atomic():
            lease.check()
            ChangesFollower.objects.update_or_create(
                name=self.name, defaults={"position": position}
            )
        log.warning("alerts_start_over")
        return False

    def _pairs(self, page: Changes) -> tuple[Pairs, dict[int, int | None]]:
        """Return whom the page's news is news to, and the prices, as the adverts are by now."""
        shown = {each.id: each.listing for each in page.changes if each.listing is not None}
        update = read_adverts(list(shown))
        adverts = ChangedAdverts.public(update)
        ids = adverts.columns["id"]
        rows = [shown[id_] for id_ in ids.tolist()]
        happened_at = _moments(row.price_shown_at for row in rows)
        rated_at = _moments(vars(row)["rated_at"] for row in rows)
        return self._matcher.pairs(adverts, happened_at, rated_at), adverts.prices


def _tell(page: Changes, pairs: Pairs, prices: Mapping[int, int | None]) -> int:
    """Queue what was not told yet, and enqueue the mails that go at once; return how many pairs."""
    new = enter_untold(pairs, prices)
    listed = ~np.isin(new.searches, alert_queue.lock_full())
    watched = _watched([each.id for each in page.changes])
    searches = [*new.searches[listed].tolist(), *(search for search, _ in watched)]
    listings = [*new.adverts[listed].tolist(), *(listing for _, listing in watched)]
    at_once = alert_queue.queue(searches, listings)
    enqueue_each(collect_alerts, [(record_id,) for record_id in at_once])
    return len(new) + len(watched)


def _watched(ids: Sequence[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_WATCHED, [list(ids)])
        return list(cursor.fetchall())


def _news() -> ListingQuerySet:
    rows = news(Listing.objects.public()).annotate(rated_at=rated("valued_at"))
    return rows.only("price", "price_shown_at")


def _moments(times: Iterable[datetime | None]) -> Column:
    """Return times in microseconds since 1970, 0 for none."""
    moments = (0 if time is None else round(time.timestamp() * 1_000_000) for time in times)
    return np.fromiter(moments, dtype=np.int64)
