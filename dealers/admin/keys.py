"""Keys of dealers' systems: staff see whose they are and end them, but never their secrets."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from dealers.admin.actor import staff_actor
from dealers.keys import revoke_key
from dealers.models import ApiKey
from listings.admin.base import ReadOnlyAdmin
from marketplace.errors import DomainError


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "dealer", "prefix", "may", "standing", "last_used_at", "created_at")
    list_select_related = ("dealer",)
    search_fields = ("name", "prefix", "dealer__name")
    ordering = ("-id",)
    actions = ("revoke",)
    fields = (
        ("name", "dealer"),
        ("prefix", "may"),
        ("standing", "expires_at", "last_used_at"),
        ("created_by", "created_at"),
        ("revoked_by", "revoked_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return ApiKey.objects.visible_to(request.user)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("dealers.change_apikey"))

    @display(description="May")
    def may(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(description="Standing", label={"In use": "success", "Revoked": "danger"})
    def standing(self, key: ApiKey) -> str:
        if key.revoked_at is not None:
            return "Revoked"
        return "Past its end" if key.is_past_its_end else "In use"

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for key in queryset.order_by("pk"):
            try:
                revoke_key(key_id=key.pk, actor=staff_actor(request))
            except DomainError as refusal:
                self.message_refusal(request, refusal)
            else:
                self.log_change(request, key, "Revoked.")
                self.message_user(request, f"{key} is revoked.", messages.SUCCESS)
