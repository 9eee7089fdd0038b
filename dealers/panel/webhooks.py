"""Webhooks: where events are sent, tried, given another secret, looked into, sent again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
)

from dealers.exceptions import InvalidWebhook
from dealers.models import WebhookDelivery, WebhookEndpoint, WebhookEventType
from dealers.panel.base import reason_of
from dealers.panel.context import require_context
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission
from dealers.webhooks import endpoints
from dealers.webhooks.endpoints import DESCRIPTION_MAX, URL_MAX, NewSecret
from marketplace.errors import DomainError

SHOWN_MAX = 100
_MINUTE = "%Y-%m-%dT%H:%M"


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="Address",
        max_length=URL_MAX,
        help_text="Where your system listens; it begins with https://.",
        widget=UnfoldAdminTextInputWidget,
    )
    description = forms.CharField(
        label="What listens there",
        max_length=DESCRIPTION_MAX,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    events = forms.MultipleChoiceField(
        label="What it is told",
        choices=WebhookEventType.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class WebhookReplayForm(forms.Form):
    since = forms.DateTimeField(
        label="From",
        input_formats=[_MINUTE],
        widget=forms.DateTimeInput({"type": "datetime-local", "class": "panel-input"}),
    )
    until = forms.DateTimeField(
        label="To before",
        input_formats=[_MINUTE],
        widget=forms.DateTimeInput({"type": "datetime-local", "class": "panel-input"}),
    )


@never_cache
def webhooks(request: HttpRequest) -> HttpResponse:
    """Show them; on POST add one, and show its secret in this one answer."""
    current = require_context(request)
    form, made = WebhookForm(), None
    if request.method == "POST":
        form = WebhookForm(request.POST)
        if form.is_valid():
            try:
                made = endpoints.add_endpoint(
                    dealer_id=current.dealer.pk, actor=current.actor, **form.cleaned_data
                )
                form = WebhookForm()
            except DomainError as refusal:
                _tell(form, refusal)
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": "Webhooks",
        "form": form,
        "made": made,
        "webhooks": scoped(WebhookEndpoint.objects.all(), current),
        "may_edit": current.may(Permission.EDIT_WEBHOOKS),
    }
    return TemplateResponse(request, "dealers/panel/webhooks/list.html", context)


@never_cache
def webhook(request: HttpRequest, webhookendpoint_id: int) -> HttpResponse:
    """Show one with its log; on POST do what a button says."""
    current = require_context(request)
    rows = scoped(WebhookEndpoint.objects.all(), current)
    endpoint = rows.filter(pk=webhookendpoint_id).first()
    if endpoint is None:
        raise Http404
    made: NewSecret | None = None
    replay_form = WebhookReplayForm()
    if request.method == "POST":
        try:
            answer = _act(request, endpoint)
        except DomainError as refusal:
            messages.error(request, reason_of(refusal))
            answer = Redirect(request.path)
        match answer:
            case NewSecret():
                made = answer
            case WebhookReplayForm():
                replay_form = answer
            case _:
                return answer
    return _page(request, endpoint, replay_form, made)


def _page(
    request: HttpRequest,
    endpoint: WebhookEndpoint,
    replay_form: WebhookReplayForm,
    made: NewSecret | None,
) -> HttpResponse:
    current = require_context(request)
    deliveries = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("message")
    given = {"url": endpoint.url, "description": endpoint.description, "events": endpoint.events}
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": str(endpoint),
        "webhook": endpoint,
        "made": made,
        "form": WebhookForm(given),
        "replay_form": replay_form,
        "deliveries": deliveries.order_by("-message")[:SHOWN_MAX],
        "may_edit": current.may(Permission.EDIT_WEBHOOKS),
    }
    return TemplateResponse(request, "dealers/panel/webhooks/webhook.html", context)


def _act(
    request: HttpRequest, endpoint: WebhookEndpoint
) -> HttpResponse | NewSecret | WebhookReplayForm:
    of: dict[str, Any] = {"endpoint_id": endpoint.pk, "actor": require_context(request).actor}
    match request.POST.get("act", ""):
        case "rotate":
            return endpoints.rotate_secret(**of)
        case "replay":
            return _replay(request, of)
        case "test":
            endpoints.send_test(**of)
            messages.success(request, "A test is on its way: it is in the log below.")
        case "on":
            endpoints.switch_on(**of)
            messages.success(request, "It is on again. What waits is sent first.")
        case "change":
            _change(request, of)
        case "end":
            endpoints.end_endpoint(**of)
            messages.success(request, "Nothing is sent there any more.")
            return Redirect(reverse("dealer:webhooks"))
    return Redirect(request.path)


def _change(request: HttpRequest, of: dict[str, Any]) -> None:
    form = WebhookForm(request.POST)
    if not form.is_valid():
        raise InvalidWebhook(
            "This webhook cannot be accepted.",
            fields={name: [str(each) for each in found] for name, found in form.errors.items()},
        )
    endpoints.change_endpoint(**of, **form.cleaned_data)
    messages.success(request, "It is kept.")


def _replay(request: HttpRequest, of: dict[str, Any]) -> HttpResponse | WebhookReplayForm:
    form = WebhookReplayForm(request.POST)
    if not form.is_valid():
        return form
    try:
        count = endpoints.replay(**of, **form.cleaned_data)
    except InvalidWebhook as refusal:
        _tell(form, refusal)
        return form
    messages.success(request, f"{count:,} message{'' if count == 1 else 's'} sent again.")
    return Redirect(request.path)


def _tell(form: forms.Form, refusal: DomainError) -> None:
    fields = getattr(refusal, "fields", None) or {}
    for name, found in fields.items():
        form.add_error(name if name in form.fields else None, list(found))
    if not fields:
        form.add_error(None, refusal.message)


panel.add_page("webhooks/", webhooks, name="webhooks", permission=Permission.VIEW_WEBHOOKS)
panel.add_page(
    "webhooks/<int:webhookendpoint_id>/",
    webhook,
    name="webhook",
    permission=Permission.VIEW_WEBHOOKS,
)
panel.add_entry(
    MenuEntry("Webhooks", "webhook", "webhooks", order=46, permission=Permission.VIEW_WEBHOOKS)
)
