"""What a dealer does to many adverts at once: each is a run, which says what became of each."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from dealers.bulk import Act, begin_run, take_step
from dealers.panel.context import require_context
from dealers.panel.just_done import remember_change
from dealers.panel.stock.export import export_csv
from dealers.panel.stock.filter_words import filters_in_words
from dealers.permissions import Permission
from dealers.stock_exports import record_stock_export
from marketplace.errors import DomainError

BULK_MAX = 10_000

Answer = HttpResponseBase | None


class StockActions:
    """The actions of the stock table; mixed into its admin."""

    get_changelist_instance: Callable[[HttpRequest], Any]

    actions: Any = (
        "publish",
        "renew",
        "sell",
        "withdraw",
        "release",
        "change_price",
        "start_plan",
        "stop_plan",
        "move",
        "export",
    )

    @action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.PUBLISH)

    @action(description="Renew", permissions=["change"])
    def renew(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.RENEW)

    @action(description="Mark sold", permissions=["change"])
    def sell(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.SELL)

    @action(description="Withdraw", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.WITHDRAW)

    @action(description="Release the reservation", permissions=["change"])
    def release(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.RELEASE)

    @action(description="Change price…", permissions=["change"])
    def change_price(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.PRICE)

    @action(description="Start a price plan…", permissions=["change"])
    def start_plan(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.PLAN)

    @action(description="Stop the price plan", permissions=["change"])
    def stop_plan(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.UNPLAN)

    @action(description="Move to a branch…", permissions=["change"])
    def move(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        return self._run(request, queryset, Act.MOVE)

    @action(description="Export as CSV", permissions=["export"])
    def export(self, request: HttpRequest, queryset: QuerySet) -> Answer:
        """Return the file once the audit log has it."""
        current = require_context(request)
        file, count = export_csv(chosen(request, queryset))
        is_whole = request.POST.get("select_across") == "1"
        table = self.get_changelist_instance(request)
        record_stock_export(
            dealer_id=current.dealer.pk,
            actor=current.actor,
            adverts=count,
            chosen_by=filters_in_words(table) if is_whole else "ticked one by one",
        )
        return file

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Have Home offer to undo what the form has saved; there is no log but the advert's own."""
        remember_change(request, obj.pk)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return require_context(request).may(Permission.EXPORT)

    def _run(self, request: HttpRequest, queryset: QuerySet, act: Act) -> Answer:
        rows = chosen(request, queryset).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[: BULK_MAX + 1])
        if not ids:
            return None
        if len(ids) > BULK_MAX:
            text = f"Nothing was done: choose at most {BULK_MAX:,} adverts at a time."
            messages.error(request, text)
            return None
        current = require_context(request)
        dealer_id, actor = current.dealer.pk, current.actor
        try:
            run = begin_run(dealer_id=dealer_id, actor=actor, act=act, listing_ids=ids)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return None
        take_step(run_id=run.pk, actor=actor)
        return HttpResponseRedirect(reverse("dealer:listings_listing_run", args=[run.pk]))


def chosen(request: HttpRequest, queryset: QuerySet) -> QuerySet:
    """Return the adverts that were ticked, or all that the table's filters let through."""
    if request.POST.get("select_across") == "1":
        return queryset
    keys = [key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if _is_key(key)]
    return queryset.filter(pk__in=keys)


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19
