"""The inbox: what buyers wrote to the dealer, one page for each enquiry, and what was answered."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dealers import enquiries
from dealers.enquiries import Stage, lasting
from dealers.exceptions import InvalidEnquiryChange
from dealers.panel.base import PanelModelAdmin, reason_of
from dealers.panel.context import DealerContext, find_context, require_context
from dealers.panel.enquiry_filters import (
    AssignedFilter,
    EnquiryBranchFilter,
    WaitingFilter,
    people_of,
)
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.panel.stock.mark_reader import may_look_up
from dealers.permissions import Permission
from dealers.vehicle_look_ups import look_up_vehicle
from listings import vehicle_records
from listings.models import Enquiry, EnquiryMessage
from listings.vehicle_records import LookedUp
from marketplace.errors import DomainError
from marketplace.london_time import in_london

COLOURS = {
    Stage.NEW: "warning",
    Stage.ANSWERED: "info",
    Stage.APPOINTMENT: "info",
    Stage.WON: "success",
    Stage.LOST: "danger",
}


class StageForm(forms.Form):
    """How far an enquiry is."""

    stage = forms.ChoiceField(choices=Stage.choices)
    seen_stage = forms.ChoiceField(choices=Stage.choices)
    lost_reason = forms.ChoiceField(choices=[("", ""), *Enquiry.LostReason.choices], required=False)
    appointment_at = forms.DateTimeField(
        required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def terms(self) -> dict[str, Any]:
        """Return what a person chose, without what belongs to another stage."""
        chosen: dict[str, Any] = dict(self.cleaned_data)
        if chosen["stage"] != Stage.LOST:
            chosen["lost_reason"] = ""
        if chosen["stage"] != Stage.APPOINTMENT:
            chosen["appointment_at"] = None
        return chosen


@admin.register(Enquiry, site=panel)
class EnquiryPages(PanelModelAdmin):
    permission = Permission.ANSWER_ENQUIRIES
    view_permission = Permission.VIEW_ENQUIRIES
    empty_said = "What buyers ask about your adverts comes here, and by mail to the branch."
    empty_links = (("See your stock", "dealer:listings_listing_changelist"),)
    list_display = ("who", "car", "standing", "received", "response", "person")
    list_display_links = ("who",)
    list_select_related = ("record", "assigned_to", "listing")
    list_filter = (
        WaitingFilter,
        ("stage", ChoicesDropdownFilter),
        EnquiryBranchFilter,
        AssignedFilter,
    )
    search_fields = ("record__name", "record__email", "record__phone", "title", "message")
    search_help_text = "Name, address, car or words"
    ordering = ("-created_at", "-id")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                f"<int:enquiry_id>/{act}/",
                view(partial(EnquiryPages.act_page, self, act=act)),
                name=f"listings_enquiry_{act}",
            )
            for act in _ACTS
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Enquiries", **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        enquiry, current = self._own(request, int(object_id)), require_context(request)
        if current.may(self.permission):
            enquiries.mark_opened(enquiry_id=enquiry.pk, actor=current.actor)
        return self._page(request, enquiry)

    def act_page(self, request: HttpRequest, enquiry_id: int, *, act: str) -> HttpResponse:
        """Do one thing to an enquiry; what cannot be done is told beside what was typed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        enquiry, current = self._own(request, enquiry_id), require_context(request)
        if not current.may(self.permission):
            raise PermissionDenied
        try:
            said = _ACTS[act](request, enquiry, current)
        except DomainError as refusal:
            messages.error(request, reason_of(refusal))
            enquiry.refresh_from_db()
            return self._page(request, enquiry, typed=request.POST.get("body", ""), act=act)
        messages.success(request, said)
        page = reverse("dealer:listings_enquiry_change", args=[enquiry_id])
        return HttpResponseRedirect(page)

    def _own(self, request: HttpRequest, enquiry_id: int) -> Enquiry:
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = scoped(Enquiry.objects.with_record(), find_context(request))
        enquiry = own.select_related("branch").filter(pk=enquiry_id).first()
        if enquiry is None:
            raise Http404
        return enquiry

    def _page(
        self, request: HttpRequest, enquiry: Enquiry, *, typed: str = "", act: str = ""
    ) -> HttpResponse:
        current, record = require_context(request), enquiry.record
        thread = EnquiryMessage.objects.filter(record=record).select_related("author")
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": enquiry.title,
            "opts": self.opts,
            "enquiry": enquiry,
            "record": record,
            "colour": COLOURS[Stage(enquiry.stage)],
            "thread": thread,
            "response": _lasting(enquiry),
            "may_answer": current.may(self.permission),
            "part_exchange": _part_exchange(enquiry),
            "may_look_up": may_look_up(current),
            "may_mail": record.is_in_force and bool(record.email),
            "people": people_of(current),
            "stages": Stage.choices,
            "lost_reasons": Enquiry.LostReason.choices,
            "typed": {act: typed},
        }
        return TemplateResponse(request, "dealers/panel/enquiries/enquiry.html", context)

    @display(description="From", ordering="record__name")
    def who(self, enquiry: Enquiry) -> str:
        name = _name(enquiry)
        return format_html("<strong>{}</strong> (unread)", name) if _is_unread(enquiry) else name

    @display(description="Car", ordering="title")
    def car(self, enquiry: Enquiry) -> str:
        return enquiry.title

    @display(
        description="Stage",
        ordering="stage",
        label={stage.label: colour for stage, colour in COLOURS.items()},
    )
    def standing(self, enquiry: Enquiry) -> str:
        return enquiry.get_stage_display()

    @display(description="Received", ordering="created_at")
    def received(self, enquiry: Enquiry) -> str:
        return f"{in_london(enquiry.created_at):%-d %b %Y, %H:%M}"

    @display(description="Answered in")
    def response(self, enquiry: Enquiry) -> str:
        return _lasting(enquiry) or "-"

    @display(description="Assigned to", ordering="assigned_to__full_name")
    def person(self, enquiry: Enquiry) -> str:
        return str(enquiry.assigned_to or "-")


def _answer(request: HttpRequest, enquiry: Enquiry, current: DealerContext) -> str:
    body = request.POST.get("body", "")
    enquiries.answer(enquiry_id=enquiry.pk, body=body, actor=current.actor)
    return "Your answer is on its way."


def _note(request: HttpRequest, enquiry: Enquiry, current: DealerContext) -> str:
    body = request.POST.get("body", "")
    enquiries.note(enquiry_id=enquiry.pk, body=body, actor=current.actor)
    return "Your note is kept. The buyer does not see it."


def _assign(request: HttpRequest, enquiry: Enquiry, current: DealerContext) -> str:
    chosen = request.POST.get("person", "")
    user_id = int(chosen) if chosen.isdecimal() else None
    assigned = enquiries.assign(enquiry_id=enquiry.pk, user_id=user_id, actor=current.actor)
    return f"Assigned to {assigned.assigned_to or 'nobody'}."


def _move(request: HttpRequest, enquiry: Enquiry, current: DealerContext) -> str:
    form = StageForm(request.POST)
    if not form.is_valid():
        raise InvalidEnquiryChange(
            "The enquiry cannot be moved there.",
            fields={name: [str(each) for each in found] for name, found in form.errors.items()},
        )
    moved = enquiries.move(enquiry_id=enquiry.pk, actor=current.actor, **form.terms())
    return f"This enquiry is {moved.get_stage_display().lower()} now."


def _look_up(request: HttpRequest, enquiry: Enquiry, current: DealerContext) -> str:
    mark = enquiry.part_exchange_vrm
    if not (mark and enquiry.record.is_in_force):
        raise Http404
    look_up_vehicle(dealer_id=current.dealer.pk, vrm=mark, actor=current.actor)
    return "The car is looked up."


def _part_exchange(enquiry: Enquiry) -> LookedUp | None:
    """Return what is kept of the buyer's car."""
    is_shown = enquiry.part_exchange_vrm and enquiry.record.is_in_force
    return vehicle_records.known(enquiry.part_exchange_vrm) if is_shown else None


_ACTS: dict[str, Callable[[HttpRequest, Enquiry, DealerContext], str]] = {
    "answer": _answer,
    "note": _note,
    "assign": _assign,
    "move": _move,
    "look-up": _look_up,
}


def _name(enquiry: Enquiry) -> str:
    record = enquiry.record
    if record.erased_at:
        return "Erased by the buyer"
    return record.name or record.email or record.phone


def _is_unread(enquiry: Enquiry) -> bool:
    is_erased = enquiry.record.erased_at is not None
    return enquiry.opened_at is None and enquiry.stage == Stage.NEW and not is_erased


def _lasting(enquiry: Enquiry) -> str:
    return lasting(enquiry.answered_at - enquiry.created_at if enquiry.answered_at else None)


panel.add_entry(
    MenuEntry(
        "Enquiries",
        "inbox",
        "listings_enquiry_changelist",
        order=15,
        permission=Permission.VIEW_ENQUIRIES,
    )
)
