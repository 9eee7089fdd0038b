"""Events found in the change feeds of adverts and enquiries, and among the runs of stock feeds.

What an advert was last said to be stands in `WebhookListing`: events are the difference. Each page
is one transaction, so that a process that is killed has written all of it or nothing. Of changes
that came faster than they were read, the last state is told.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from dealers.models import (
    FeedRun,
    WebhookEndpoint,
    WebhookEventType,
    WebhookListing,
    WebhookMessage,
)
from dealers.webhooks.queue import Event, queue
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
_UNTOLD_RUNS = """
    SELECT run.id FROM (
        SELECT dealer_id, min(created_at) AS since FROM dealers_webhookendpoint GROUP BY dealer_id
    ) AS endpoint
    JOIN dealers_stockfeed AS feed ON feed.dealer_id = endpoint.dealer_id
    CROSS JOIN LATERAL (
        SELECT id, state, dry_run, finished_at FROM dealers_feedrun
        WHERE feed_id = feed.id ORDER BY id DESC LIMIT 20
    ) AS run
    WHERE run.state IN ('done', 'failed', 'dropped') AND NOT run.dry_run
        AND run.finished_at >= greatest(endpoint.since, now() - interval '1 day')
        AND NOT EXISTS (
            SELECT FROM dealers_webhookmessage AS message
            WHERE message.dealer_id = endpoint.dealer_id
                AND message.subject = 'feed_run:' || run.id
                AND message.type = 'feed_run.finished'
        )
    ORDER BY run.id
"""

log = structlog.get_logger(__name__)
Type = WebhookEventType


class WebhookEvents:
    """Queues events for the endpoints of dealers."""

    name = "webhooks"

    def __init__(self) -> None:
        self._moved_at: dict[str, float] = {}
        self._runs_at = 0.0

    def prepare(self) -> None:
        """There is nothing to get ready."""

    def follow(self, lease: LeaseHolder) -> bool:
        """Take a page of each feed, and what runs came to their end; say whether more wait."""
        waits = self._follow(lease, "webhooks", _read_listings)
        waits |= self._follow(lease, "webhooks_enquiries", _read_enquiries)
        if time.monotonic() >= self._runs_at:
            with transaction.atomic():
                lease.check()
                queue(_of_runs())
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


def _with_endpoint(dealer: str) -> Exists:
    return Exists(WebhookEndpoint.objects.filter(dealer=OuterRef(dealer)))


def _read_listings(
    position: ChangesPosition | None,
) -> tuple[Any, list[int], ChangesPosition, bool]:
    shown = Listing.objects.filter(_with_endpoint("dealer"), published_at__isnull=False)
    page = read_changes(position, PAGE, shown.only("pk"))
    return _of_listings, [each.id for each in page.changes], page.following, page.has_more


def _read_enquiries(
    position: ChangesPosition | None,
) -> tuple[Any, list[int], ChangesPosition, bool]:
    source: ChangeSource[Enquiry] = ChangeSource(Enquiry.objects.all(), _UNSEEN_ENQUIRIES)
    page: ChangedRows[Enquiry] = read_changed_rows(position, PAGE, source)
    return _of_enquiries, [id_ for id_, _ in page.rows], page.following, page.has_more


def _of_listings(ids: Sequence[int]) -> list[Event]:
    """Return what is new of adverts, read under a lock of what was said, and note it as said."""
    known = {
        row.pk: row
        for row in WebhookListing.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    found = Listing.objects.filter(_with_endpoint("dealer"), pk__in=ids, published_at__isnull=False)
    listings = {row.pk: row for row in found}
    events: list[Event] = []
    for id_ in dict.fromkeys(ids):
        listing, said = listings.get(id_), known.get(id_)
        if listing is not None:
            events += _of_listing(listing, said)
        elif said is not None:
            events.append(_removed(said))
    _note(listings, known)
    return events


def _note(listings: Mapping[int, Listing], known: Mapping[int, WebhookListing]) -> None:
    WebhookListing.objects.filter(pk__in=set(known) - set(listings)).delete()
    rows = [
        WebhookListing(
            listing_id=row.pk,
            dealer_id=row.dealer_id,
            status=row.status,
            price=row.price,
            revision=row.revision,
        )
        for row in listings.values()
    ]
    WebhookListing.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["listing_id"],
        update_fields=["dealer", "status", "price", "revision"],
    )


def _of_listing(listing: Listing, said: WebhookListing | None) -> Iterator[Event]:
    data = {
        "id": listing.pk,
        "stock_ref": listing.stock_ref,
        "status": listing.status,
        "price": listing.price,
        "url": _url(f"stock/{listing.pk}/"),
    }
    changes: list[tuple[str, dict[str, Any]]] = []
    if said is None:
        changes.append((Type.LISTING_CREATED, {}))
    elif said.revision != listing.revision:
        if said.price != listing.price:
            changes.append((Type.LISTING_PRICE_CHANGED, {"previous_price": said.price}))
        if said.status != listing.status:
            changes.append((Type.LISTING_STATUS_CHANGED, {"previous_status": said.status}))
        if not changes:
            changes.append((Type.LISTING_UPDATED, {}))
    for kind, more in changes:
        yield Event(listing.dealer_id, kind, f"listing:{listing.pk}", {**data, **more})


def _removed(said: WebhookListing) -> Event:
    subject = f"listing:{said.pk}"
    return Event(said.dealer_id, Type.LISTING_REMOVED, subject, {"id": said.pk})


def _of_enquiries(ids: Sequence[int]) -> list[Event]:
    """Return new enquiries, by their address: who asked what stays where it is."""
    since = timezone.now() - timedelta(days=NEWS_DAYS)
    endpoints = WebhookEndpoint.objects.filter(created_at__lte=OuterRef("record__created_at"))
    told = WebhookMessage.objects.filter(
        dealer=OuterRef("record__dealer"),
        type=Type.ENQUIRY_CREATED,
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
            Type.ENQUIRY_CREATED,
            f"enquiry:{row.pk}",
            {"id": row.pk, "listing_id": row.listing_id, "url": _url(f"enquiries/{row.pk}/")},
        )
        for row in rows.order_by("pk")
    ]


def _of_runs() -> list[Event]:
    with connection.cursor() as cursor:
        cursor.execute(_UNTOLD_RUNS)
        ids = [row[0] for row in cursor.fetchall()]
    runs = FeedRun.objects.filter(pk__in=ids).select_related("feed").order_by("pk")
    return [_of_run(run) for run in runs]


def _of_run(run: FeedRun) -> Event:
    counts = ("created", "updated", "unchanged", "withdrawn", "held", "rejected")
    data = {
        "id": run.pk,
        "feed_id": run.feed_id,
        "state": run.state,
        "counts": {name: getattr(run, f"{name}_count") for name in counts},
        "url": _url(f"feeds/{run.feed_id}/runs/{run.pk}/"),
    }
    return Event(run.feed.dealer_id, Type.FEED_RUN_FINISHED, f"feed_run:{run.pk}", data)


def _url(path: str) -> str:
    return f"{settings.PUBLIC_URL}/api/v1/{path}"
