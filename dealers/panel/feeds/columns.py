"""What a file's columns mean: suggested, looked over with examples, and confirmed once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from dealers.feeds.columns.mapping import (
    ColumnMapping,
    ColumnSource,
    distinct,
    group_key,
    keys_of,
    unstated,
)
from dealers.feeds.configuration import confirm_mapping
from dealers.feeds.held_runs import approve_run
from dealers.models import FeedPreview, FeedRun, StockFeed
from dealers.panel.base import reason_of
from dealers.panel.context import require_context
from dealers.panel.feeds.labels import FIELD_CHOICES, label_of
from dealers.panel.site import panel
from marketplace.errors import DomainError

HOLDS = ("mapping", "header")
"""Why a run is held until somebody has looked at its columns."""

Examples = dict[str, list[str]]


@dataclass(frozen=True)
class Column:
    """A column of the file, the field that it is read into, and what some of its cells say."""

    header: str
    field: str
    examples: list[str]
    is_new: bool
    is_guessed: bool


def columns_page(model_admin: Any, request: HttpRequest, stockfeed_id: int) -> HttpResponse:
    """Show the columns; on POST confirm what they mean, and import the file that waits for it."""
    feed: StockFeed = model_admin.own(request, stockfeed_id)
    seen, being_read = _seen(feed), _being_read(feed)
    base = _proposed(feed, seen)
    if base is None and being_read is not None:
        return _wait_page(request, feed, being_read)
    if base is None:
        messages.error(request, "Upload a file first: its columns are shown here then.")
        return Redirect(reverse("dealer:dealers_stockfeed_change", args=[feed.pk]))
    if request.method == "POST":
        return _confirm(request, feed, base)
    examples: Examples = dict(seen.columns) if seen else {}
    confirmed = _mapping(feed.mapping) or base
    is_whole = feed.mode == StockFeed.Mode.FULL
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": f"Columns of {feed}",
        "feed": feed,
        "columns": list(_columns(base, confirmed, examples)),
        "gone": _gone(confirmed, examples),
        "choices": FIELD_CHOICES,
        "waiting": _waiting(feed),
        "being_read": being_read,
        "unstated": list(map(label_of, unstated(base))) if is_whole else [],
        "constants": [(label_of(name), text) for name, text in base.constants.items()],
    }
    return TemplateResponse(request, "dealers/panel/feeds/columns.html", context)


def _wait_page(request: HttpRequest, feed: StockFeed, run: FeedRun) -> HttpResponse:
    context = {**panel.each_context(request), "title": f"Columns of {feed}", "run": run}
    return TemplateResponse(request, "dealers/panel/feeds/columns_wait.html", context)


def mapping_of(base: ColumnMapping, pairs: Sequence[tuple[str, str]]) -> ColumnMapping:
    """Return what a person chose, as pairs of header and field; no field is left out.

    Columns that share a field keep the order they had; a unit that a header states stays with it.
    """
    chosen: dict[str, list[str]] = {}
    for header, field in pairs:
        if field:
            chosen.setdefault(field, []).append(header)
    fields = {}
    for field, headers in chosen.items():
        known = base.fields.get(field, ColumnSource(()))
        before = {header: place for place, header in enumerate(known.headers)}
        ordered = sorted(headers, key=lambda header: before.get(header, len(before)))
        suffix = known.suffix if ordered[0] in before else ""
        fields[field] = ColumnSource(tuple(ordered), suffix)
    known_headers = tuple(header for header, _ in pairs)
    return ColumnMapping(fields, base.constants, known_headers, base.preset)


def _confirm(request: HttpRequest, feed: StockFeed, base: ColumnMapping) -> HttpResponse:
    here = Redirect(reverse("dealer:dealers_stockfeed_columns", args=[feed.pk]))
    headers, fields = request.POST.getlist("header"), request.POST.getlist("field")
    if not headers or len(headers) != len(fields):
        messages.error(request, "Nothing is confirmed: choose what each column means.")
        return here
    actor = require_context(request).actor
    mapping = mapping_of(base, list(zip(headers, fields, strict=True))).to_json()
    run = _waiting(feed)
    try:
        confirm_mapping(feed_id=feed.pk, mapping=mapping, actor=actor)
        messages.success(request, f"The columns of {feed} are confirmed.")
        if run is not None:
            approve_run(run_id=run.pk, actor=actor)
    except DomainError as refusal:
        messages.error(request, reason_of(refusal))
        return here
    if run is None:
        return Redirect(reverse("dealer:dealers_stockfeed_change", args=[feed.pk]))
    return Redirect(reverse("dealer:dealers_feedrun_change", args=[run.pk]))


def _proposed(feed: StockFeed, seen: FeedPreview | None) -> ColumnMapping | None:
    """Return what is confirmed already, and a suggestion for what is gone or new."""
    confirmed, suggested = _mapping(feed.mapping), _mapping(feed.suggested_mapping)
    if suggested is not None or confirmed is None or seen is None or seen.proposed is None:
        return suggested or confirmed
    was = seen.run.started_at
    is_newer = feed.mapping_confirmed_at and was and feed.mapping_confirmed_at > was
    return confirmed if is_newer else _mapping(seen.proposed)


def _mapping(stored: Any) -> ColumnMapping | None:
    return None if stored is None else ColumnMapping.from_json(stored)


def _waiting(feed: StockFeed) -> FeedRun | None:
    """Return the newest run that is held until its columns are confirmed."""
    held = feed.runs.filter(state=FeedRun.State.HELD, hold_code__in=HOLDS)
    return held.order_by("-id").first()


def _columns(base: ColumnMapping, confirmed: ColumnMapping, examples: Examples) -> Iterator[Column]:
    """Yield the columns of the newest file, then those that it lacks and the mapping knows."""
    fields = {group_key(header): name for name, header in _mapped(base)}
    known = keys_of(confirmed.known) | keys_of([header for _, header in _mapped(confirmed)])
    for header in distinct([*examples, *base.known, *(each for _, each in _mapped(base))]):
        key = group_key(header)
        shown = next((said for each, said in examples.items() if group_key(each) == key), [])
        field = fields.get(key, "")
        yield Column(header, field, shown, key not in known, field in base.guessed)


def _gone(confirmed: ColumnMapping, examples: Examples) -> list[str]:
    """Return the columns that are mapped and that the newest file lacks."""
    present = keys_of(list(examples))
    gone = [header for _, header in _mapped(confirmed) if not keys_of([header]) & present]
    return gone if examples else []


def _mapped(mapping: ColumnMapping) -> list[tuple[str, str]]:
    """Return each field with each of its columns."""
    return [(name, header) for name, source in mapping.fields.items() for header in source.headers]


def _seen(feed: StockFeed) -> FeedPreview | None:
    """Return the beginning of the file that waits, or of the newest that has been looked at."""
    previews = FeedPreview.objects.filter(run__feed=feed).select_related("run")
    waiting = _waiting(feed)
    mine = previews.filter(run=waiting) if waiting else previews
    return mine.order_by("-run_id").first()


def _being_read(feed: StockFeed) -> FeedRun | None:
    """Return the newest file if no worker has looked at it yet."""
    newest = feed.runs.exclude(file="").order_by("-id").first()
    if newest is None or newest.state not in (FeedRun.State.RECEIVED, FeedRun.State.READING):
        return None
    return None if FeedPreview.objects.filter(run=newest).exists() else newest
