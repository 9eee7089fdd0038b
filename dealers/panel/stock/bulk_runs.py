"""The page of a run: what it asks, how far it is, and what became of each advert."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, F, QuerySet, Sum
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
)

from dealers.bulk import Act, progress_of, state_terms, step_of, stop_run, take_step
from dealers.models import Branch, BulkRun
from dealers.panel.context import DealerContext, require_context
from dealers.panel.scope import scoped
from dealers.panel.stock import undo
from dealers.permissions import Actor, Permission
from listings.admin.plan_fields import option_of
from listings.choices import PriceEnding, Status
from listings.models import Listing, PricePlan, conditions
from listings.pricing import PriceUnit, Repriced, preview_changes, price_doubts_of
from marketplace.errors import DomainError

ROWS_SHOWN = 200
PREVIEWED = 50
_NAMED = 5


class PriceTerms(forms.Form):
    """By how much, or to what, prices change."""

    unit = forms.ChoiceField(
        label="Change by", choices=PriceUnit.choices, widget=UnfoldAdminRadioSelectWidget
    )
    amount = forms.IntegerField(
        widget=UnfoldAdminIntegerFieldWidget(attrs={"autofocus": True}),
        help_text="Less than 0 lowers: -5 per cent, or -250 pounds.",
    )
    ending = forms.ChoiceField(
        label="Round to", choices=PriceEnding.choices, widget=UnfoldAdminSelectWidget
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.keys() == self.fields.keys():
            try:
                step_of(cleaned)
            except DomainError as refusal:
                self.add_error("amount", refusal.message)
        return cleaned


class ChoiceTerms(forms.Form):
    """Which of the dealer's own rows, under the name that the run keeps it by."""

    def __init__(self, name: str, rows: QuerySet, *args: Any) -> None:
        super().__init__(*args)
        self.name = name
        widget = UnfoldAdminRadioSelectWidget if name == "branch" else forms.HiddenInput
        self.fields[name] = forms.ModelChoiceField(rows, widget=widget, empty_label=None)

    def terms(self) -> dict[str, int]:
        return {self.name: self.cleaned_data[self.name].pk}


@dataclass(frozen=True)
class PricePreview:
    """What a change would do to all adverts of a run, the first of them one by one."""

    rows: list[tuple[Repriced, Listing | None, str]]
    changed: int
    refused: int
    before: int
    after: int
    doubtful: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def run_page(model_admin: Any, request: HttpRequest, bulkrun_id: int) -> HttpResponse:
    """Ask for what the run needs to know; then show what becomes of its adverts."""
    current, run = require_context(request), _own(request, bulkrun_id)
    if run.terms is None and run.stopped_at is None:
        return _ask(model_admin, request, current, run)
    refused_first = F("is_done").asc(nulls_last=True)
    rows = run.rows.select_related("listing").order_by(refused_first, "listing_id")
    context = {
        "rows": rows[:ROWS_SHOWN],
        "progress": progress_of(run),
        "undo_until": undo.offered_until(run),
    }
    return _answer(model_admin, request, run, "run.html", context)


def step_page(model_admin: Any, request: HttpRequest, bulkrun_id: int) -> HttpResponse:
    """Do the next batch; a script reads how far the run is, a form goes back to its page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    run = _own(request, bulkrun_id)
    if not require_context(request).may(Permission.EDIT_STOCK):
        raise Http404
    progress = take_step(run_id=run.pk, actor=require_context(request).actor)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(
            {"done": progress.done, "refused": progress.refused, "waiting": progress.waiting}
        )
    return _back(run)


def stop_page(model_admin: Any, request: HttpRequest, bulkrun_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    run = _own(request, bulkrun_id)
    stop_run(run_id=run.pk, actor=require_context(request).actor)
    return _back(run)


def _own(request: HttpRequest, run_id: int) -> BulkRun:
    current = require_context(request)
    runs = scoped(BulkRun.objects.filter(actor=current.user), current)
    run = runs.filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run


def _ask(
    model_admin: Any, request: HttpRequest, current: DealerContext, run: BulkRun
) -> HttpResponse:
    if not current.may(Permission.EDIT_STOCK):
        raise Http404
    data = request.POST if request.method == "POST" else None
    if run.act == Act.PRICE:
        return _ask_price(model_admin, request, run, data)
    if run.act in (Act.PUBLISH, Act.SELL, Act.WITHDRAW):
        if data is not None:
            return _start(run, {}, current.actor)
        return _answer(model_admin, request, run, "ask_whether.html", {"stock": _stock_of(run)})
    every: QuerySet = PricePlan.objects.all() if run.act == Act.PLAN else Branch.objects.all()
    rows = scoped(every.order_by("name"), current)
    form = ChoiceTerms("plan" if run.act == Act.PLAN else "branch", rows, data)
    if data is not None and form.is_valid():
        return _start(run, form.terms(), current.actor)
    named = _named_listings(_ids(run)[:_NAMED]) if run.act == Act.PLAN else []
    options = [option_of(plan, named) for plan in rows] if run.act == Act.PLAN else []
    context: dict[str, Any] = {"form": form, "options": options, "choices_count": rows.count()}
    return _answer(model_admin, request, run, "ask_choice.html", context)


def _stock_of(run: BulkRun) -> dict[str, Any]:
    """Return what a run is about: its value, where its adverts stand, how many are reserved."""
    rows = Listing.objects.filter(pk__in=run.rows.values("listing"))
    found = rows.aggregate(
        value=Sum("price", default=0), reserved=Count("pk", filter=conditions.RESERVED)
    )
    counted = rows.order_by("status").values_list("status").annotate(Count("pk"))
    return {**found, "standing": [(Status(status).label, count) for status, count in counted]}


def _ask_price(model_admin: Any, request: HttpRequest, run: BulkRun, data: Any) -> HttpResponse:
    """Show every change before it is made: only what was previewed can be confirmed."""
    first = {"unit": PriceUnit.PERCENT, "amount": -2, "ending": PriceEnding.X95}
    form = PriceTerms(data) if data is not None else PriceTerms(initial=first)
    preview, previewed = None, ""
    if data is not None and form.is_valid():
        terms = form.cleaned_data
        previewed = f"{terms['unit']} {terms['amount']} {terms['ending']}"
        preview = _preview(run, terms)
        is_sure = not preview.doubtful or data.get("sure") == "yes"
        if data.get("previewed") == previewed and "confirm" in data and is_sure:
            return _start(run, terms, require_context(request).actor)
    context = {"form": form, "preview": preview, "previewed": previewed}
    return _answer(model_admin, request, run, "ask_price.html", context)


def _preview(run: BulkRun, terms: dict[str, Any]) -> PricePreview:
    found = preview_changes(listing_ids=_ids(run), step=step_of(terms))
    changed = [each for each in found if not each.refusal]
    doubts = price_doubts_of({each.listing_id: each.new_price for each in changed})
    first = sorted(found, key=lambda each: not (each.refusal or each.listing_id in doubts))
    first = first[:PREVIEWED]
    listings = {row.pk: row for row in _named_listings([each.listing_id for each in first])}
    return PricePreview(
        rows=[
            (each, listings.get(each.listing_id), doubts.get(each.listing_id, "")) for each in first
        ],
        changed=len(changed),
        refused=len(found) - len(changed),
        before=sum(each.old_price or 0 for each in found),
        after=sum(each.new_price or 0 for each in found),
        doubtful=len(doubts),
    )


def _start(run: BulkRun, terms: dict[str, Any], actor: Actor) -> HttpResponse:
    state_terms(run_id=run.pk, terms=terms, actor=actor)
    take_step(run_id=run.pk, actor=actor)
    return _back(run)


def _ids(run: BulkRun) -> list[int]:
    return list(run.rows.order_by("listing_id").values_list("listing_id", flat=True))


def _named_listings(ids: Sequence[int]) -> list[Listing]:
    return list(Listing.objects.filter(pk__in=ids).order_by("pk"))


def _back(run: BulkRun) -> HttpResponse:
    return HttpResponseRedirect(reverse("dealer:listings_listing_run", args=[run.pk]))


def _named_act(run: BulkRun) -> str:
    what = run.get_act_display()
    return f"{what} of {(run.terms or {})['what']}" if run.act == Act.UNDO else what


def _answer(
    model_admin: Any, request: HttpRequest, run: BulkRun, template: str, context: dict[str, Any]
) -> HttpResponse:
    count = run.rows.count()
    adverts = "1 advert" if count == 1 else f"{count:,} adverts"
    page = {
        **model_admin.admin_site.each_context(request),
        "title": f"{_named_act(run)}: {adverts}",
        "opts": model_admin.opts,
        "run": run,
        "count": count,
        "rows_shown": ROWS_SHOWN,
        "stock_url": reverse("dealer:listings_listing_changelist"),
        **context,
    }
    return TemplateResponse(request, f"dealers/panel/stock/{template}", page)
