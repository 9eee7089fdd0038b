"""Pages on which webhooks are set up, tried, looked into and sent again: by dealers and staff."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
)

from dealers.exceptions import InvalidWebhook
from dealers.models import EVENTS_OF, WebhookDelivery, WebhookEndpoint
from dealers.permissions import Actor
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
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, audiences: Collection[str], *arguments: Any) -> None:
        super().__init__(*arguments)
        told = {each: each.label for audience in audiences for each in EVENTS_OF[audience]}
        field = cast("forms.MultipleChoiceField", self.fields["events"])
        field.choices = list(told.items())


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


class WebhookPages(ABC):
    """A list, and a page for each; who looks and which rows are theirs is the site's to say."""

    templates: ClassVar[str]
    list_view: ClassVar[str]
    item_view: ClassVar[str]

    @abstractmethod
    def rows(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        """Return the webhooks that whoever asks may see."""

    @abstractmethod
    def actor(self, request: HttpRequest) -> Actor:
        """Return who asks, as services know them."""

    @abstractmethod
    def may_edit(self, request: HttpRequest) -> bool:
        """Say whether whoever asks may do more than look."""

    @abstractmethod
    def site_context(self, request: HttpRequest) -> Mapping[str, Any]:
        """Return what every page of the site needs."""

    @abstractmethod
    def new_form(self, data: Any = None) -> WebhookForm:
        """Return the form of a new one."""

    @abstractmethod
    def add(self, request: HttpRequest, given: Mapping[str, Any]) -> NewSecret:
        """Add what the form gives."""

    def listing(self, request: HttpRequest) -> HttpResponse:
        """Show them; on POST add one, and show its secret in this one answer."""
        form, made = self.new_form(), None
        if request.method == "POST":
            form = self.new_form(request.POST)
            if form.is_valid():
                try:
                    made = self.add(request, form.cleaned_data)
                    form = self.new_form()
                except DomainError as refusal:
                    _tell(form, refusal)
        context: dict[str, Any] = {
            **self._context(request),
            "title": "Webhooks",
            "form": form,
            "made": made,
            "webhooks": self.rows(request),
        }
        return TemplateResponse(request, f"{self.templates}/list.html", context)

    def item(self, request: HttpRequest, webhookendpoint_id: int) -> HttpResponse:
        """Show one with its log; on POST do what a button says."""
        endpoint = self.rows(request).filter(pk=webhookendpoint_id).first()
        if endpoint is None:
            raise Http404
        made: NewSecret | None = None
        replay_form = WebhookReplayForm()
        if request.method == "POST":
            try:
                answer = self._act(request, endpoint)
            except DomainError as refusal:
                messages.error(request, refusal.one_line)
                answer = Redirect(request.path)
            match answer:
                case NewSecret():
                    made = answer
                case WebhookReplayForm():
                    replay_form = answer
                case _:
                    return answer
        return self._page(request, endpoint, replay_form, made)

    def _page(
        self,
        request: HttpRequest,
        endpoint: WebhookEndpoint,
        replay_form: WebhookReplayForm,
        made: NewSecret | None,
    ) -> HttpResponse:
        deliveries = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("message")
        given = {"url": endpoint.url, "description": endpoint.description}
        context: dict[str, Any] = {
            **self._context(request),
            "title": str(endpoint),
            "webhook": endpoint,
            "made": made,
            "form": WebhookForm([endpoint.audience], {**given, "events": endpoint.events}),
            "replay_form": replay_form,
            "deliveries": deliveries.order_by("-message")[:SHOWN_MAX],
        }
        return TemplateResponse(request, f"{self.templates}/webhook.html", context)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.site_context(request),
            "may_edit": self.may_edit(request),
            "list_view": self.list_view,
            "item_view": self.item_view,
        }

    def _act(
        self, request: HttpRequest, endpoint: WebhookEndpoint
    ) -> HttpResponse | NewSecret | WebhookReplayForm:
        of: dict[str, Any] = {"endpoint_id": endpoint.pk, "actor": self.actor(request)}
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
                _change(request, WebhookForm([endpoint.audience], request.POST), of)
            case "end":
                endpoints.end_endpoint(**of)
                messages.success(request, "Nothing is sent there any more.")
                return Redirect(reverse(self.list_view))
        return Redirect(request.path)


def _change(request: HttpRequest, form: WebhookForm, of: dict[str, Any]) -> None:
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
