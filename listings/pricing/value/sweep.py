"""Values of adverts that change, within seconds: a consumer of changes.

Each page is one transaction: the lease, the position and the current fit are locked, values are
written and the position moves on, so that a process that is killed has written all of that or
nothing. Who has to start over looks at the whole stock, and values what has no value.
"""

import time

import structlog
from django.db import transaction

from listings.changes import Changes, ChangesPosition, read_changes
from listings.exceptions import CursorExpired
from listings.models import ChangesFollower, Listing
from listings.pricing.value.current_market import CurrentMarket
from marketplace.lease import LeaseHolder

PAGE = 250
IDLE_SECONDS = 30.0
"""So long a position may stand that nothing changed after."""

log = structlog.get_logger(__name__)


class ValueSweep:
    """Values what was published or changed, by the market as it was last fitted."""

    name = "values"

    def __init__(self) -> None:
        self._market = CurrentMarket()
        self._moved_at = time.monotonic()

    def prepare(self) -> None:
        self._market.refresh()

    def follow(self, lease: LeaseHolder) -> bool:
        """Take a page; where another market came meanwhile, the page is taken again by it."""
        rows = ChangesFollower.objects.filter(name=self.name)
        stored = rows.values_list("position", flat=True).first()
        page = _page(stored and ChangesPosition.from_json(stored))
        if not page.changes and time.monotonic() < self._moved_at + IDLE_SECONDS:
            return False
        self._market.refresh()
        fresh = self._market.value([each.id for each in page.changes if each.listing is not None])
        with transaction.atomic():
            lease.check()
            locked = rows.select_for_update().values_list("position", flat=True).first()
            if locked != stored:
                return True
            written = fresh.store() if fresh else 0
            if written is None:
                return True
            ChangesFollower.objects.update_or_create(
                name=self.name, defaults={"position": page.following.to_json()}
            )
        self._moved_at = time.monotonic()
        if written:
            log.info("adverts_valued", adverts=written)
        return page.has_more


def _page(position: ChangesPosition | None) -> Changes:
    live = Listing.objects.live().only("pk")
    try:
        return read_changes(position, PAGE, live)
    except CursorExpired:
        log.warning("values_start_over")
        return read_changes(None, PAGE, live)
