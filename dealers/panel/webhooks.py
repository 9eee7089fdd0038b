"""Webhooks of a dealer: where events are sent, tried, looked into, sent again."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.views.decorators.cache import never_cache

from dealers.models import WebhookAudience, WebhookEndpoint
from dealers.panel.context import require_context
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Actor, Permission
from dealers.webhook_pages import WebhookForm, WebhookPages
from dealers.webhooks.endpoints import NewSecret, add_endpoint


class DealerWebhookPages(WebhookPages):
    """The webhooks of the dealer whom somebody works for."""

    templates = "dealers/panel/webhooks"
    list_view = "dealer:webhooks"
    item_view = "dealer:webhook"

    def rows(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        return scoped(WebhookEndpoint.objects.all(), require_context(request))

    def actor(self, request: HttpRequest) -> Actor:
        return require_context(request).actor

    def may_edit(self, request: HttpRequest) -> bool:
        return require_context(request).may(Permission.EDIT_WEBHOOKS)

    def site_context(self, request: HttpRequest) -> Mapping[str, Any]:
        context: Mapping[str, Any] = panel.each_context(request)
        return context

    def new_form(self, data: Any = None) -> WebhookForm:
        return WebhookForm([WebhookAudience.DEALER], data)

    def add(self, request: HttpRequest, given: Mapping[str, Any]) -> NewSecret:
        current = require_context(request)
        return add_endpoint(dealer_id=current.dealer.pk, actor=current.actor, **given)


_pages = DealerWebhookPages()
panel.add_page(
    "webhooks/", never_cache(_pages.listing), name="webhooks", permission=Permission.VIEW_WEBHOOKS
)
panel.add_page(
    "webhooks/<int:webhookendpoint_id>/",
    never_cache(_pages.item),
    name="webhook",
    permission=Permission.VIEW_WEBHOOKS,
)
panel.add_entry(
    MenuEntry("Webhooks", "webhook", "webhooks", order=46, permission=Permission.VIEW_WEBHOOKS)
)
