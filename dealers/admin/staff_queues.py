"""What waits for staff: each matter a sentence, with the page where it is answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Max, Min, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from dealers.feeds.imports.safety_check import SAFETY_HOLDS
from dealers.models import FeedCar, FeedRow, FeedRun, User, WebhookEndpoint
from listings.admin.unknown_names import unknown_makes, unknown_models
from listings.models import AdvertReport, AdvertSignal, Listing, MarketFit, NamedText
from marketplace.london_time import in_london
from marketplace.models import OutboxTask

SHOWN_MAX = 5
"""So many matters of a kind are told one by one; the list has them all."""
VALUES_STALE_AFTER = timedelta(days=2)
"""They are fitted every night: two that failed are no accident."""
_WEEK = timedelta(days=6)


@dataclass(frozen=True)
class StaffMatter:
    """A sentence, the page where it is answered, and the held run that a dealer's panel opens."""

    words: str
    url: str
    run: FeedRun | None = None


@dataclass(frozen=True)
class StaffQueue:
    """Matters of one kind, oldest first; `more` of them are only in the list at `url`."""

    heading: str
    url: str
    matters: list[StaffMatter]
    more: int


@dataclass(frozen=True)
class QueueKind:
    """Where a queue's rows come from, who may see them, and the list that has them all."""

    heading: str
    permission: str
    url: str
    rows: Callable[[], QuerySet]
    tell: Callable[[Any], StaffMatter]


def staff_queues(user: User) -> list[StaffQueue]:
    """Return what waits of all that this person may look into; empty where nothing does."""
    kinds = [kind for kind in _KINDS if user.has_perm(kind.permission)]
    queues = (_queue(kind) for kind in kinds)
    return [queue for queue in queues if queue.matters]


def since(moment: datetime, now: datetime | None = None) -> str:
    """Return "since 09:14", "since Tuesday" or "since 3 November", on London's clock."""
    at, today = in_london(moment), in_london(now or timezone.now()).date()
    if at.date() == today:
        return f"since {at:%H:%M}"
    if today - at.date() <= _WEEK:
        return f"since {at:%A}"
    year = "" if at.year == today.year else f" {at.year}"
    return f"since {at.day} {at:%B}{year}"


def whose(name: str) -> str:
    """Return a name's possessive: Harbour Cars', Tern Motor's."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _queue(kind: QueueKind) -> StaffQueue:
    rows = kind.rows()
    first = list(rows[: SHOWN_MAX + 1])
    more = rows.count() - SHOWN_MAX if len(first) > SHOWN_MAX else 0
    matters = [kind.tell(row) for row in first[:SHOWN_MAX]]
    app, _, query = kind.url.partition("?")
    url = reverse(f"admin:{app}_changelist")
    return StaffQueue(kind.heading, f"{url}?{query}" if query else url, matters, more)


def _page(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _held_runs() -> QuerySet[FeedRun]:
    """Held files that are no mere trial, with the cars on sale that they would take away."""
    live = Listing.objects.live().values("pk")
    lacking = FeedRow.objects.filter(run=OuterRef("pk"), line=None, listing__in=live)
    known = FeedCar.objects.filter(feed=OuterRef("feed"), gone_at=None, listing__in=live)
    held = FeedRun.objects.filter(state=FeedRun.State.HELD, dry_run=False)
    return (
        held.select_related("feed__dealer")
        .annotate(going=_count(lacking, "run"), on_sale=_count(known, "feed"))
        .order_by("received_at", "pk")
    )


def _count(rows: QuerySet, by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(cars=Count("*")).values("cars")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _tell_held(run: Any) -> StaffMatter:
    feed = run.feed
    reason = run.hold_reason
    if run.hold_code in SAFETY_HOLDS and run.going:
        reason = f"{run.going:,} of {_number(run.on_sale, 'car')} would go."
    start = f"{whose(feed.dealer.name)} feed “{feed.name}” has waited {since(run.received_at)}"
    return StaffMatter(f"{start}: {reason}" if reason else f"{start}.", _page(run), run)


def _open_reports() -> QuerySet[AdvertReport]:
    rows = AdvertReport.objects.filter(decision=AdvertReport.Decision.OPEN)
    return rows.select_related("listing__dealer").order_by("pk")


def _tell_report(report: AdvertReport) -> StaffMatter:
    said = f"{_advert(report.listing)} has been reported {since(report.created_at)}"
    return StaffMatter(f"{said}: {report.get_reason_display()}.", _page(report))


def _open_signals() -> QuerySet[AdvertSignal]:
    rows = AdvertSignal.objects.filter(dismissed_at=None)
    return rows.select_related("listing__dealer").order_by("found_at", "pk")


def _tell_signal(signal: AdvertSignal) -> StaffMatter:
    detail = f" ({signal.detail})" if signal.detail else ""
    said = f"{_advert(signal.listing)} has looked wrong {since(signal.found_at)}"
    return StaffMatter(f"{said}: {signal.get_suspicion_display()}{detail}.", _page(signal))


def _tell_make(make: Any) -> StaffMatter:
    models = [model.name for model in make.models.all()]
    also = f", with its model{'' if len(models) == 1 else 's'} {_listed(models)}" if models else ""
    return StaffMatter(
        f"“{make.name}” is a make nobody has placed{also}: {_need(make)}", _page(make)
    )


def _tell_model(model: Any) -> StaffMatter:
    said = f"“{model.name}” is a model of {model.make} nobody has placed"
    return StaffMatter(f"{said}: {_need(model)}", _page(model))


def _need(entry: Any) -> str:
    """Say whose adverts wait for a name, and since when."""
    if not entry.advert_count:
        return "no advert uses it any more."
    others = entry.dealer_count - 1
    dealers = entry.dealer_name + (f" and {_number(others, 'other dealer')}" if others else "")
    verb = "waits" if entry.advert_count == 1 else "wait"
    adverts = f"{_number(entry.advert_count, 'advert')} of {dealers}"
    return f"{adverts} {verb} for it {since(entry.first_at)}."


def _open_texts() -> QuerySet[NamedText]:
    rows = NamedText.objects.filter(decision=NamedText.TextDecision.OPEN)
    return rows.order_by("found_at", "pk")


def _tell_text(named: NamedText) -> StaffMatter:
    what = named.get_place_display().lower()
    said = f"A text may name somebody who had all erased ({what})"
    return StaffMatter(f"{said}: it has waited {since(named.found_at)}.", _page(named))


def _failed_tasks() -> QuerySet:
    rows = OutboxTask.objects.filter(given_up_at__isnull=False).order_by().values("task")
    return rows.annotate(times=Count("pk"), first=Min("given_up_at")).order_by("first", "task")


def _tell_task(row: Any) -> StaffMatter:
    times = "" if row["times"] == 1 else f" {row['times']:,} times"
    words = f"“{OutboxTask.title_of(row['task'])}” has been given up{times} {since(row['first'])}."
    url = reverse("admin:marketplace_outboxtask_changelist")
    return StaffMatter(words, f"{url}?given_up_at__isempty=0&q={row['task']}")


def _broken_webhooks() -> QuerySet[WebhookEndpoint]:
    rows = WebhookEndpoint.objects.of_marketplace().filter(switched_off_at__isnull=False)
    return rows.exclude(off_reason="").order_by("switched_off_at", "pk")


def _tell_webhook(endpoint: WebhookEndpoint) -> StaffMatter:
    off_at = endpoint.switched_off_at or endpoint.created_at
    words = f"Nothing has been sent to “{endpoint}” {since(off_at)}: {endpoint.off_reason}"
    return StaffMatter(words, _page(endpoint))


def _stale_fits() -> QuerySet[MarketFit]:
    """The last version of the market, where it is too old; none where none was ever fitted."""
    last = MarketFit.objects.order_by().aggregate(last=Max("fitted_at"))["last"]
    if last is None or timezone.now() - last < VALUES_STALE_AFTER:
        return MarketFit.objects.none()
    return MarketFit.objects.filter(fitted_at=last).defer("content", "details")[:1]


def _tell_stale(fit: MarketFit) -> StaffMatter:
    days = (timezone.now() - fit.fitted_at).days
    words = f"What cars are worth was last reckoned {_number(days, 'day')} ago."
    return StaffMatter(words, reverse("admin:listings_marketfit_changelist"))


def _advert(listing: Listing) -> str:
    return f"“{listing.title}” of {listing.dealer}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _listed(names: Iterable[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    if len(quoted) > SHOWN_MAX:
        quoted = [*quoted[: SHOWN_MAX - 1], f"{len(quoted) - SHOWN_MAX + 1} more"]
    *before, last = quoted
    return f"{', '.join(before)} and {last}" if before else last


_KINDS = (
    QueueKind(
        "Stock files that are held",
        "dealers.view_feedrun",
        "dealers_feedrun?state__exact=held",
        _held_runs,
        _tell_held,
    ),
    QueueKind(
        "Adverts that people reported",
        "listings.view_advertreport",
        "listings_advertreport?decision__exact=open",
        _open_reports,
        _tell_report,
    ),
    QueueKind(
        "Adverts that look wrong",
        "listings.view_advertsignal",
        "listings_advertsignal?judged=no",
        _open_signals,
        _tell_signal,
    ),
    QueueKind(
        "Makes to place",
        "listings.view_make",
        "listings_make?confirmation__exact=pending",
        unknown_makes,
        _tell_make,
    ),
    QueueKind(
        "Models to place",
        "listings.view_model",
        "listings_model?confirmation__exact=pending",
        unknown_models,
        _tell_model,
    ),
    QueueKind(
        "Texts that may name somebody",
        "listings.view_namedtext",
        "listings_namedtext?decision__exact=open",
        _open_texts,
        _tell_text,
    ),
    QueueKind(
        "Work that failed",
        "marketplace.view_outboxtask",
        "marketplace_outboxtask?given_up_at__isempty=0",
        _failed_tasks,
        _tell_task,
    ),
    QueueKind(
        "Webhooks that are switched off",
        "dealers.view_webhookendpoint",
        "dealers_webhookendpoint",
        _broken_webhooks,
        _tell_webhook,
    ),
    QueueKind(
        "Market values",
        "listings.view_marketfit",
        "listings_marketfit",
        _stale_fits,
        _tell_stale,
    ),
)
