"""What staff do to many adverts at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from listings.admin.forms import RejectionForm
from listings.adverts import Action, WriteContext, transition_listings
from listings.choices import Source
from listings.models import Listing
from marketplace.errors import DomainError

BULK_MAX = 1_000
NAMED_MAX = 10
_DONE = {
    Action.PUBLISH: "published",
    Action.RENEW: "renewed",
    Action.RESERVE: "reserved",
    Action.RELEASE: "released",
    Action.SELL: "marked sold",
    Action.WITHDRAW: "withdrawn",
    Action.REJECT: "rejected",
    Action.REOPEN: "reopened",
}


@dataclass
class BulkOutcome:
    """What an action did to some adverts: those done, and those refused, by reason."""

    done: list[int] = field(default_factory=list)
    refused: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def act_on_all(*, act: Action, ids: Iterable[int], actor_id: int, reason: str = "") -> BulkOutcome:
    """Do one thing to adverts; one that is refused never stops the rest."""
    chosen, outcome = list(ids), BulkOutcome()
    try:
        by = WriteContext(Source.PERSON, reason, actor_id)
        refused = transition_listings(action=act, listing_ids=chosen, by=by)
    except DomainError as refusal:
        refused = dict.fromkeys(chosen, refusal)
    for listing_id in chosen:
        if listing_id in refused:
            outcome.refused[refused[listing_id].message].append(listing_id)
        else:
            outcome.done.append(listing_id)
    return outcome


class BulkActions:
    """The actions of the list of adverts; mixed into its admin."""

    actions: tuple[str, ...] = ("publish", "withdraw", "sell", "reject", "renew", "release")

    @action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._act(request, Action.PUBLISH, queryset)

    @action(description="Withdraw", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._act(request, Action.WITHDRAW, queryset)

    @action(description="Mark sold", permissions=["change"])
    def sell(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._act(request, Action.SELL, queryset)

    @action(description="Renew", permissions=["change"])
    def renew(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._act(request, Action.RENEW, queryset)

    @action(description="Release the reservation", permissions=["change"])
    def release(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._act(request, Action.RELEASE, queryset)

    @action(description="Reject, with a reason", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask for the reason, then reject exactly the adverts that were shown."""
        ids = self.bounded_ids(request, queryset)
        if not ids:
            return None
        return ask_for_reason(self, request, ids, RejectionForm())

    def _act(self, request: HttpRequest, act: Action, queryset: QuerySet) -> HttpResponse | None:
        ids = self.bounded_ids(request, queryset)
        if ids:
            actor_id = int(str(request.user.pk))
            tell(request, act, act_on_all(act=act, ids=ids, actor_id=actor_id))
        return None

    def bounded_ids(self, request: HttpRequest, queryset: QuerySet) -> list[int]:
        if request.POST.get("select_across") != "1":
            chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
            queryset = queryset.filter(pk__in=chosen)
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: BULK_MAX + 1])
        if len(ids) > BULK_MAX:
            messages.error(
                request,
                f"Nothing was done: choose at most {BULK_MAX:,} adverts at a time.",
            )
            return []
        return ids


def ask_for_reason(
    model_admin: Any, request: HttpRequest, ids: list[int], form: RejectionForm
) -> HttpResponse:
    """Show the page that asks why these adverts are rejected."""
    named = Listing.objects.filter(pk__in=ids[:NAMED_MAX]).order_by("pk")
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Reject an advert" if len(ids) == 1 else f"Reject {len(ids):,} adverts",
        "opts": model_admin.opts,
        "form": form,
        "ids": ",".join(map(str, ids)),
        "named": named,
        "unnamed_count": max(0, len(ids) - NAMED_MAX),
        "cancel_url": reverse("admin:listings_listing_changelist"),
    }
    return TemplateResponse(request, "admin/listings/listing/reject.html", context)


def reject_with_reason(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Reject the adverts whose ids the reason's page carries."""
    ids = posted_ids(request)
    form = RejectionForm(request.POST)
    if not form.is_valid():
        return ask_for_reason(model_admin, request, ids, form)
    known = Listing.objects.visible_to(request.user).filter(pk__in=ids)
    outcome = act_on_all(
        act=Action.REJECT,
        ids=known.order_by("pk").values_list("pk", flat=True),
        actor_id=int(str(request.user.pk)),
        reason=form.cleaned_data["reason"],
    )
    tell(request, Action.REJECT, outcome)
    return HttpResponseRedirect(reverse("admin:listings_listing_changelist"))


def posted_ids(request: HttpRequest) -> list[int]:
    """Return the ids that a page between carries; what is no id is left out."""
    ids = [int(text) for text in request.POST.get("ids", "").split(",") if text.isdecimal()]
    return [pk for pk in ids if pk < 2**63][:BULK_MAX]


def tell(request: HttpRequest, act: Action, outcome: BulkOutcome) -> None:
    tell_outcome(request, _DONE[act], outcome)


def tell_outcome(request: HttpRequest, done: str, outcome: BulkOutcome) -> None:
    """Say what was done ("sold") and, for each reason, which adverts were refused."""
    if outcome.done:
        messages.success(request, f"{adverts(len(outcome.done))} {done}.")
    for reason, ids in outcome.refused.items():
        titles = Listing.objects.in_bulk(ids[:NAMED_MAX])
        named = ", ".join(f"#{pk} {titles.get(pk, '')}".strip() for pk in ids[:NAMED_MAX])
        more = f" and {len(ids) - NAMED_MAX:,} more" if len(ids) > NAMED_MAX else ""
        messages.error(request, f"{adverts(len(ids))} refused: {reason} ({named}{more})")


def adverts(count: int) -> str:
    return "1 advert" if count == 1 else f"{count:,} adverts"
