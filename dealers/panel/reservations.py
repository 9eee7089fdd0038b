"""Requests to hold cars, what is held, and the dealer's terms for it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dealers.models import Dealer
from dealers.models.dealer import RESERVATION_HOURS_MAX
from dealers.panel.base import PanelModelAdmin, reason_of
from dealers.panel.context import DealerContext, require_context
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission
from dealers.reservations import (
    confirm_reservation,
    decline_reservation,
    extend_reservation,
    set_reservation_terms,
)
from listings.exceptions import InvalidReservation
from listings.models import Reservation
from marketplace.errors import DomainError
from marketplace.london_time import in_london

Standing = Reservation.Standing
COLOURS = {
    Standing.ASKED: "warning",
    Standing.HELD: "success",
    Standing.DECLINED: "danger",
}
MOMENT = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


class UntilForm(forms.Form):
    until = forms.DateTimeField(required=False, input_formats=MOMENT)

    def moment(self) -> datetime | None:
        return self.cleaned_data["until"] if self.is_valid() else None


class TermsForm(forms.Form):
    reservations = forms.ChoiceField(choices=Dealer.Reservations.choices)
    hours = forms.IntegerField(min_value=1, max_value=RESERVATION_HOURS_MAX)


@admin.register(Reservation, site=panel)
class ReservationPages(PanelModelAdmin):
    permission = Permission.EDIT_STOCK
    empty_said = (
        "Buyers ask here to have a car held for them, once you let them: choose that in the terms "
        "above."
    )
    empty_links = (("See your stock", "dealer:listings_listing_changelist"),)
    list_display = ("who", "car", "state", "held_until_london", "asked")
    list_display_links = ("who",)
    list_select_related = ("record",)
    list_filter = (("standing", ChoicesDropdownFilter),)
    search_fields = ("record__name", "record__email", "record__phone", "title")
    search_help_text = "Name, address or car"
    ordering = ("-id",)
    list_before_template = "dealers/panel/reservations/terms.html"

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        terms = path("terms/", view(self.terms_page), name="listings_reservation_terms")
        acts = [
            path(
                f"<int:reservation_id>/{act}/",
                view(partial(ReservationPages.act_page, self, act=act)),
                name=f"listings_reservation_{act}",
            )
            for act in _ACTS
        ]
        return [terms, *acts, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        current = require_context(request)
        context = {
            "title": "Reservations",
            "dealer": current.dealer,
            "choices": Dealer.Reservations.choices,
            "hours_max": RESERVATION_HOURS_MAX,
            "may_set": current.may(Permission.EDIT_BRANCHES),
            **(extra_context or {}),
        }
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        reservation, current = self._own(request, int(object_id)), require_context(request)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": reservation.title,
            "opts": self.opts,
            "reservation": reservation,
            "record": reservation.record,
            "colour": COLOURS.get(Standing(reservation.standing), "default"),
            "may_edit": current.may(self.permission),
        }
        return TemplateResponse(request, "dealers/panel/reservations/reservation.html", context)

    def act_page(self, request: HttpRequest, reservation_id: int, *, act: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        reservation, current = self._own(request, reservation_id), require_context(request)
        if not current.may(self.permission):
            raise PermissionDenied
        try:
            messages.success(request, _ACTS[act](request, reservation, current))
        except DomainError as refusal:
            messages.error(request, reason_of(refusal))
        return Redirect(reverse("dealer:listings_reservation_change", args=[reservation_id]))

    def terms_page(self, request: HttpRequest) -> HttpResponse:
        """Keep whether buyers may ask, and for how long a car is held."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        current, form = require_context(request), TermsForm(request.POST)
        if not current.may(Permission.EDIT_BRANCHES):
            raise PermissionDenied
        if form.is_valid():
            set_reservation_terms(
                dealer_id=current.dealer.pk, actor=current.actor, **form.cleaned_data
            )
            messages.success(request, "These terms apply from now on.")
        else:
            hours = f"from 1 to {RESERVATION_HOURS_MAX} hours"
            messages.error(request, f"Nothing was saved: choose a rule, and {hours}.")
        return Redirect(reverse("dealer:listings_reservation_changelist"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("record", "listing", "decided_by")

    def _own(self, request: HttpRequest, reservation_id: int) -> Reservation:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found: Reservation | None = self.get_queryset(request).filter(pk=reservation_id).first()
        if found is None:
            raise Http404
        return found

    @display(description="For", ordering="record__name")
    def who(self, reservation: Reservation) -> str:
        record = reservation.record
        if record.erased_at:
            return "Erased by the buyer"
        return record.name or record.email or record.phone or "A customer"

    @display(description="Car", ordering="title")
    def car(self, reservation: Reservation) -> str:
        return reservation.title

    @display(
        description="State",
        ordering="standing",
        label={standing.label: colour for standing, colour in COLOURS.items()},
    )
    def state(self, reservation: Reservation) -> str:
        return reservation.get_standing_display()

    @display(description="Held until", ordering="held_until")
    def held_until_london(self, reservation: Reservation) -> str:
        return _said(reservation.held_until)

    @display(description="Asked", ordering="id")
    def asked(self, reservation: Reservation) -> str:
        return _said(reservation.record.created_at)


def _confirm(request: HttpRequest, reservation: Reservation, current: DealerContext) -> str:
    until = UntilForm(request.POST).moment()
    held = confirm_reservation(reservation_id=reservation.pk, until=until, actor=current.actor)
    return f"The car is held until {_said(held.held_until)}. The buyer is told by mail."


def _decline(request: HttpRequest, reservation: Reservation, current: DealerContext) -> str:
    reason = request.POST.get("reason", "")
    decline_reservation(reservation_id=reservation.pk, reason=reason, actor=current.actor)
    return "Declined. The buyer is told by mail."


def _extend(request: HttpRequest, reservation: Reservation, current: DealerContext) -> str:
    until = UntilForm(request.POST).moment()
    if until is None:
        words = "Say until when the car is held."
        raise InvalidReservation(words, fields={"until": [words]})
    held = extend_reservation(reservation_id=reservation.pk, until=until, actor=current.actor)
    return f"The car is held until {_said(held.held_until)}."


_ACTS: dict[str, Callable[[HttpRequest, Reservation, DealerContext], str]] = {
    "confirm": _confirm,
    "decline": _decline,
    "extend": _extend,
}


def _said(at: datetime | None) -> str:
    return f"{in_london(at):%-d %b %Y, %H:%M}" if at else "-"


panel.add_entry(
    MenuEntry("Reservations", "event_available", "listings_reservation_changelist", order=25)
)
