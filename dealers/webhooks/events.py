"""Events found in the change feeds of adverts and enquiries, among feeds' runs and reports.

Each page is one transaction, so that a process that is killed has written all of it or nothing. Of
changes that came faster than they were read, the last state is told.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from dealers.models import WebhookEndpoint, WebhookEventType, WebhookMessage
from dealers.webhooks.addresses import api_url
from dealers.webhooks.listing_events import of_listings
from dealers.webhooks.queue import Event, queue
from dealers.webhooks.run_events import of_reports, of_runs
from dealers.webhooks.subscribers import listened_to
from listings.changes import (
    ChangedRows,
    ChangeSource,
    ChangesPosition,
    position_now,
    read_changed_rows,
    read_changes,
)
from listings.exceptions import CursorExpired
from listings.models import ChangesFollower, Enquiry, Listing
from marketplace.lease import LeaseHolder

PAGE = 500
IDLE_SECONDS = 30.0
RUNS_SECONDS = 5.0
NEWS_DAYS = 7
"""What is older is no news; less than messages are kept, by which is known what was told."""

_UNSEEN_ENQUIRIES = """
    SELECT change.revision, change.id
    FROM unnest(%(lows)s::xid8[], %(low_ids)s::bigint[], %(highs)s::xid8[])
        AS span (low, low_id, high)
    CROSS JOIN LATERAL (
        SELECT enquiry.revision, enquiry.id FROM listings_enquiry AS enquiry
        WHERE (enquiry.revision, enquiry.id) > (span.low, span.low_id)
            AND enquiry.revision < span.high
        ORDER BY enquiry.revision, enquiry.id LIMIT %(limit)s
    ) AS change
    ORDER BY revision, id LIMIT %(limit)s
"""

log = structlog.get_logger(__name__)


class WebhookEvents:
    """Queues events for whoever listens."""

    name = "webhooks"

    def __init__(self) -> None:
        self._moved_at: dict[str, float] = {}
        self._runs_at = 0.0

    def prepare(self) -> None:
        """There is nothing to get ready."""

    def follow(self, lease: LeaseHolder) -> bool:
        """Take a page of each feed, and new runs and reports; say whether more wait."""
        waits = self._follow(lease, "webhooks", _read_listings)
        waits |= self._follow(lease, "webhooks_enquiries", _read_enquiries)
        if time.monotonic() >= self._runs_at:
            with transaction.atomic():
                lease.check()
                queue([*of_runs(), *of_reports()])
            self._runs_at = time.monotonic() + RUNS_SECONDS
        return waits

    def _follow(self, lease: LeaseHolder, name: str, read: Any) -> bool:
        rows = ChangesFollower.objects.filter(name=name)
        stored = rows.values_list("position", flat=True).first()
        try:
            events_of, ids, following, has_more = read(stored and ChangesPosition.from_json(stored))
        except CursorExpired:
            stored = None
        if stored is None:
            return _start_over(lease, name)
        is_due = bool(ids) or time.monotonic() >= self._moved_at.get(name, 0.0) + IDLE_SECONDS
        if not is_due:
            return False
        with transaction.atomic():
            lease.check()
            if rows.select_for_update().get().position != stored:
                return True
            queue(events_of(ids))
            rows.update(position=following.to_json())
        self._moved_at[name] = time.monotonic()
        return bool(has_more)


def _start_over(lease: LeaseHolder, name: str) -> bool:
    """Begin with what changes from now on; what adverts were said to be stands."""
    position = position_now().to_json()
    with transaction.atomic():
        lease.check()
        ChangesFollower.objects.update_or_create(name=name, defaults={"position": position})
    log.warning("webhooks_start_over", feed=name)
    return False


def _read_listings(
    position: ChangesPosition | None,
) -> tuple[Any, list[int], ChangesPosition, bool]:
    shown = Listing.objects.filter(listened_to("dealer"), published_at__isnull=False)
    page = read_changes(position, PAGE, shown.only("pk"))
    return of_listings, [each.id for each in page.changes], page.following, page.has_more


def _read_enquiries(
    position: ChangesPosition | None,
) -> tuple[Any, list[int], ChangesPosition, bool]:
    source: ChangeSource[Enquiry] = ChangeSource(Enquiry.objects.all(), _UNSEEN_ENQUIRIES)
    page: ChangedRows[Enquiry] = read_changed_rows(position, PAGE, source)
    return _of_enquiries, [id_ for id_, _ in page.rows], page.following, page.has_more


def _of_enquiries(ids: Sequence[int]) -> list[Event]:
    """Return new enquiries, by their address: who asked what stays where it is."""
    since = timezone.now() - timedelta(days=NEWS_DAYS)
    endpoints = WebhookEndpoint.objects.filter(created_at__lte=OuterRef("record__created_at"))
    told = WebhookMessage.objects.filter(
        dealer=OuterRef("record__dealer"),
        type=WebhookEventType.ENQUIRY_CREATED,
        subject=Concat(Value("enquiry:"), Cast(OuterRef("pk"), CharField())),
    )
    rows = Enquiry.objects.filter(
        Exists(endpoints.filter(dealer=OuterRef("record__dealer"))),
        ~Exists(told),
        pk__in=ids,
        record__created_at__gte=since,
        record__erased_at__isnull=True,
    ).select_related("record")
    return [
        Event(
            row.record.dealer_id or 0,
            WebhookEventType.ENQUIRY_CREATED,
            f"enquiry:{row.pk}",
            {"id": row.pk, "listing_id": row.listing_id, "url": api_url(f"enquiries/{row.pk}/")},
        )
        for row in rows.order_by("pk")
    ]
