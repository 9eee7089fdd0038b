"""Webhooks of mirrors and of the marketplace's own systems, which are told of all dealers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminSelectWidget

from dealers.admin.actor import staff_actor
from dealers.models import WebhookAudience, WebhookEndpoint
from dealers.permissions import Actor
from dealers.webhook_pages import WebhookForm, WebhookPages
from dealers.webhooks.endpoints import NewSecret, add_marketplace_endpoint
from listings.admin.base import ReadOnlyAdmin

AUDIENCES = (WebhookAudience.MIRROR, WebhookAudience.STAFF)


class MarketplaceWebhookForm(WebhookForm):
    field_order = ("audience",)

    audience = forms.ChoiceField(
        label="Who listens",
        choices=[(each.value, each.label) for each in AUDIENCES],
        help_text="A mirror is told of adverts alone, as buyers see them.",
        widget=UnfoldAdminSelectWidget,
    )


class MarketplaceWebhookPages(WebhookPages):
    """The webhooks that no dealer owns."""

    templates = "admin/dealers/webhookendpoint"
    list_view = "admin:dealers_webhookendpoint_changelist"
    item_view = "admin:dealers_webhookendpoint_change"

    def rows(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.of_marketplace()

    def actor(self, request: HttpRequest) -> Actor:
        return staff_actor(request)

    def may_edit(self, request: HttpRequest) -> bool:
        return request.user.has_perm("dealers.change_webhookendpoint")

    def site_context(self, request: HttpRequest) -> Mapping[str, Any]:
        return admin.site.each_context(request)

    def new_form(self, data: Any = None) -> WebhookForm:
        return MarketplaceWebhookForm(AUDIENCES, data)

    def add(self, request: HttpRequest, given: Mapping[str, Any]) -> NewSecret:
        return add_marketplace_endpoint(actor=staff_actor(request), **given)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Those of dealers are in their panels."""

    pages = MarketplaceWebhookPages()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.list_page), name="dealers_webhookendpoint_changelist"),
            path(
                "<int:webhookendpoint_id>/",
                view(self.item_page),
                name="dealers_webhookendpoint_change",
            ),
        ]

    def list_page(self, request: HttpRequest) -> HttpResponse:
        self._refuse(request)
        return never_cache(self.pages.listing)(request)

    def item_page(self, request: HttpRequest, webhookendpoint_id: int) -> HttpResponse:
        self._refuse(request)
        return never_cache(self.pages.item)(request, webhookendpoint_id)

    def _refuse(self, request: HttpRequest) -> None:
        is_allowed = self.has_view_permission(request)
        if request.method == "POST":
            is_allowed = self.pages.may_edit(request)
        if not is_allowed:
            raise PermissionDenied
