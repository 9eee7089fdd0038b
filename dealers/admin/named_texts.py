"""Texts of others that may name somebody who erased all: staff take the name out, or leave it."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dealers.admin.actor import staff_actor
from dealers.privacy import decide_on_text
from listings.admin.base import ReadOnlyAdmin
from listings.buyers.named_texts import text_of
from listings.models import NamedText
from marketplace.errors import DomainError

ACTS = ("erase", "leave")


@admin.register(NamedText)
class NamedTextAdmin(ReadOnlyAdmin):
    list_display = ("where", "decision", "found_at", "decided_at")
    list_filter = (("decision", ChoicesDropdownFilter), ("place", ChoicesDropdownFilter))
    ordering = ("-id",)
    change_form_outer_before_template = "admin/listings/namedtext/decide.html"
    fields: Any = ("where", "text", "decision", "found_at", ("decided_by", "decided_at"))
    readonly_fields = ("where", "text")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                f"<int:named_id>/{act}/",
                view(partial(self.act_page, act=act)),
                name=f"listings_namedtext_{act}",
            )
            for act in ACTS
        ]
        return own + super().get_urls()

    def act_page(self, request: HttpRequest, named_id: int, *, act: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("listings.delete_buyerrecord"):
            raise PermissionDenied
        words = request.POST.get("words", "") if act == "erase" else None
        try:
            decide_on_text(named_id=named_id, words=words, actor=staff_actor(request))
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:listings_namedtext_change", args=[named_id]))
        messages.success(request, "Decided.")
        return HttpResponseRedirect(reverse("admin:listings_namedtext_changelist"))

    @display(description="Text")
    def where(self, named: NamedText) -> str:
        return str(named)

    @display(description="As it is now")
    def text(self, named: NamedText) -> str:
        return text_of(named) or "The text is gone."
