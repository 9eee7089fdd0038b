"""The ledger of what people left, and what staff do about it, each time with a reason."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dealers.admin.actor import staff_actor
from dealers.privacy import erase_for_person, keep_record, release_record
from listings.admin.base import ReadOnlyAdmin
from listings.models import BuyerRecord
from marketplace.errors import DomainError

VERBS: dict[str, tuple[Callable[..., Any], str]] = {
    "erase": (erase_for_person, "Erased. What others wrote about the person is searched now."),
    "keep": (keep_record, "Kept. The person reads the reason."),
    "release": (release_record, "Kept no longer than others."),
}


@admin.register(BuyerRecord)
class BuyerRecordAdmin(ReadOnlyAdmin):
    list_display = ("number", "kind", "dealer", "created_at", "kept_until", "standing")
    list_select_related = ("dealer",)
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("kept_because", admin.EmptyFieldListFilter),
        ("erased_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("email__iexact", "phone__iexact", "name")
    search_help_text = "Whole e-mail address or number, or a part of the name"
    ordering = ("-id",)
    change_form_outer_before_template = "admin/listings/buyerrecord/verbs.html"
    fields: Any = (
        ("kind", "dealer"),
        ("name", "email", "phone"),
        ("created_at", "kept_until"),
        "kept_because",
        ("consent", "consented_at", "withdrawn_at"),
        ("confirmed_at", "erased_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                f"<int:record_id>/{verb}/",
                view(partial(self.act_page, verb=verb)),
                name=f"listings_buyerrecord_{verb}",
            )
            for verb in VERBS
        ]
        return own + super().get_urls()

    def act_page(self, request: HttpRequest, record_id: int, *, verb: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("listings.delete_buyerrecord"):
            raise PermissionDenied
        act, done = VERBS[verb]
        reason = request.POST.get("reason", "")
        try:
            act(record_id=record_id, actor=staff_actor(request), reason=reason)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:listings_buyerrecord_change", args=[record_id]))

    @display(description="Record", ordering="id")
    def number(self, record: BuyerRecord) -> str:
        return f"Record {record.pk}"

    @display(description="State", label={"Kept": "warning", "Erased": "info"})
    def standing(self, record: BuyerRecord) -> str:
        if record.erased_at is not None:
            return "Erased"
        if record.kept_because:
            return "Kept"
        return "Withdrawn" if record.withdrawn_at else "In force"
