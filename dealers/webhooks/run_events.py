"""What is new among the runs of stock feeds, and among the reports that wait for staff.

Both are few and end once: what was told is known by its message.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, Min, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from dealers.models import (
    FeedRun,
    WebhookAudience,
    WebhookEndpoint,
    WebhookEventType,
    WebhookMessage,
)
from dealers.webhooks.addresses import absolute, api_url
from dealers.webhooks.queue import Event
from listings.models import AdvertReport

NEWS = timedelta(days=1)
_COUNTED = ("created", "updated", "unchanged", "withdrawn", "held", "rejected")

# For each dealer who listens, and where the marketplace does, of every feed.
_UNTOLD_RUNS = """
    SELECT run.id, endpoint.audience FROM (
        SELECT dealer_id, audience, min(created_at) AS since FROM dealers_webhookendpoint
        WHERE audience IN ('dealer', 'staff') GROUP BY dealer_id, audience
    ) AS endpoint
    CROSS JOIN LATERAL (
        SELECT id FROM dealers_stockfeed WHERE dealer_id = endpoint.dealer_id
        UNION ALL SELECT id FROM dealers_stockfeed WHERE endpoint.dealer_id IS NULL
    ) AS feed
    CROSS JOIN LATERAL (
        SELECT id, state, dry_run, finished_at FROM dealers_feedrun
        WHERE feed_id = feed.id ORDER BY id DESC LIMIT 20
    ) AS run
    WHERE run.state IN ('done', 'failed', 'dropped') AND NOT run.dry_run
        AND run.finished_at >= greatest(endpoint.since, now() - %(news)s * interval '1 second')
        AND NOT EXISTS (
            SELECT FROM dealers_webhookmessage AS message
            WHERE message.dealer_id = endpoint.dealer_id
                AND message.subject = 'feed_run:' || run.id
                AND message.type = 'feed_run.finished'
        )
        AND NOT EXISTS (
            SELECT FROM dealers_webhookmessage AS message
            WHERE endpoint.dealer_id IS NULL AND message.dealer_id IS NULL
                AND message.audience = endpoint.audience
                AND message.subject = 'feed_run:' || run.id
                AND message.type = 'feed_run.finished'
        )
    ORDER BY run.id
"""


def of_runs() -> list[Event]:
    """Return the runs that came to their end, each to its dealer and to the marketplace's own."""
    with connection.cursor() as cursor:
        cursor.execute(_UNTOLD_RUNS, {"news": NEWS.total_seconds()})
        untold = cursor.fetchall()
    ids = {run_id for run_id, _ in untold}
    runs = FeedRun.objects.select_related("feed__dealer").in_bulk(ids)
    return [_of_run(runs[run_id], audience) for run_id, audience in untold if run_id in runs]


def of_reports() -> list[Event]:
    """Return the reports that came in; what they say and who sent them stays where it is."""
    staff = WebhookEndpoint.objects.filter(audience=WebhookAudience.STAFF)
    since = staff.aggregate(since=Min("created_at"))["since"]
    if since is None:
        return []
    told = WebhookMessage.objects.filter(
        dealer=None,
        audience=WebhookAudience.STAFF,
        type=WebhookEventType.REPORT_CREATED,
        subject=Concat(Value("report:"), Cast(OuterRef("pk"), CharField())),
    )
    rows = AdvertReport.objects.filter(
        ~Exists(told),
        decision=AdvertReport.Decision.OPEN,
        created_at__gte=max(since, timezone.now() - NEWS),
    )
    return [_of_report(row) for row in rows.select_related("listing__dealer").order_by("pk")]


def _of_run(run: FeedRun, audience: str) -> Event:
    is_dealers = audience == WebhookAudience.DEALER
    data: dict[str, Any] = {
        "id": run.pk,
        "feed_id": run.feed_id,
        "state": run.state,
        "counts": {name: getattr(run, f"{name}_count") for name in _COUNTED},
        "url": api_url(f"feeds/{run.feed_id}/runs/{run.pk}/"),
    }
    if not is_dealers:
        data["dealer"] = run.feed.dealer.slug
        data["url"] = absolute(reverse("admin:dealers_feedrun_change", args=[run.pk]))
    return Event(
        run.feed.dealer_id if is_dealers else None,
        WebhookEventType.FEED_RUN_FINISHED,
        f"feed_run:{run.pk}",
        data,
        audience,
    )


def _of_report(report: AdvertReport) -> Event:
    data = {
        "id": report.pk,
        "listing_id": report.listing_id,
        "dealer": report.listing.dealer.slug,
        "reason": report.reason,
        "url": absolute(reverse("admin:listings_advertreport_change", args=[report.pk])),
    }
    return Event(
        None,
        WebhookEventType.REPORT_CREATED,
        f"report:{report.pk}",
        data,
        WebhookAudience.STAFF,
    )
