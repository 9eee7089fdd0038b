"""The page on which a buyer asks to be told of cars: of those a search finds, or of single ones."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from listings.api.search_label import search_label
from listings.buyers.guards import HONEYPOT, contact_of, opened, passes_captcha, refuse_programs
from listings.buyers.ledger import LeftAt
from listings.buyers.saved_searches import (
    CARS_MAX,
    CONSENT_WORDS,
    Frequency,
    WantedAlerts,
    name_of,
    public_cars,
    save_search,
)
from listings.exceptions import InvalidContact, NotByHand, NothingToSave
from listings.pages.private import private
from listings.site.addresses import results_path
from listings.site.answers import refusals_shown
from listings.site.query_string import ParsedSearch, read_search
from marketplace.api.parameters import IntegerParameter, ListParameter
from marketplace.client_address import client_address, client_network
from marketplace.rate_limits import count_request, is_asked_too_often

FORM = "alert"
CARS: dict[str, forms.Field] = {
    "car": ListParameter(
        item=IntegerParameter(low=1, high=2**63 - 1), count_max=CARS_MAX, description="Adverts."
    )
}
NO_PERSON = "Please show once more that you are a person."
TOO_OFTEN = "Too many alerts were asked for from here within the hour. Please try again later."


class AlertForm(forms.Form):
    """Who wants to be told, and how often."""

    email = forms.CharField(max_length=254, required=False)
    frequency = forms.ChoiceField(choices=Frequency.choices, initial=Frequency.DAILY)

    def clean_email(self) -> str:
        try:
            return contact_of(name="", email=self.cleaned_data["email"], phone="").email
        except InvalidContact as refusal:
            if not self.cleaned_data["email"]:
                raise ValidationError("Give your e-mail address.") from None
            raise ValidationError(refusal.fields["email"]) from None


@csrf_exempt  # pages for buyers set no cookie; the guards stand in for it
@never_cache
@private
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def new_alert(request: HttpRequest) -> HttpResponseBase:
    """Ask on GET; on POST save what is asked for, which a mailed link has yet to confirm."""
    asked = read_search(_without_empty(request.GET), CARS)
    wanted = _wanted(asked)
    if request.method != "POST":
        return _page(asked, wanted, AlertForm(initial={"frequency": wanted.frequency}))
    form = AlertForm(request.POST)
    status = 400
    if form.is_valid():
        refusal, status = _refusal(request, form.cleaned_data["email"])
        if not refusal:
            _save(wanted, form.cleaned_data)
            return HttpResponseRedirect(reverse("alert-asked"))
        form.add_error(None, refusal)
    return _page(asked, wanted, form, status=status)


@never_cache
@private
@require_safe
def alert_asked(request: HttpRequest) -> HttpResponse:
    """Say what happens next: the same to everybody."""
    return HttpResponse(render_to_string("pages/alert_asked.html"))


def alert_path(asked: ParsedSearch) -> str:
    """Return where one asks to be told of what a search finds; empty where it asks nothing."""
    query = results_path(asked.query(**dict.fromkeys((*asked.others, "ordering")))).partition("?")[
        2
    ]
    return f"{reverse('new-alert')}?{query}" if query else ""


def _without_empty(query: QueryDict) -> QueryDict:
    asked = query.copy()
    asked.pop("ordering", None)
    return asked


def _wanted(asked: ParsedSearch) -> WantedAlerts:
    """Raises `NothingToSave`."""
    ids = tuple(asked.others["car"] or ())
    if name := name_of(public_cars(ids)):
        return WantedAlerts(Frequency.INSTANT, name, listing_ids=ids)
    if not ids and asked.criteria.as_parameters():
        return WantedAlerts(Frequency.DAILY, search_label(asked.criteria), asked.criteria)
    raise NothingToSave(NothingToSave.words)


def _refusal(request: HttpRequest, email: str) -> tuple[str, int]:
    """Return why this is not taken now, and the status that says so."""
    sent = request.POST
    try:
        refuse_programs(FORM, honeypot=sent.get(HONEYPOT, ""), opened=sent.get("opened", ""))
    except NotByHand as refusal:
        return str(refusal), refusal.status
    if not passes_captcha(sent.get("captcha", ""), client_address(request)):
        return NO_PERSON, 400
    counted = count_request("buyer", client_network(request))
    if (counted and counted.is_exceeded) or is_asked_too_often("buyer-address", email):
        return TOO_OFTEN, 429
    return "", 200


def _save(wanted: WantedAlerts, given: dict[str, Any]) -> None:
    chosen = replace(wanted, frequency=Frequency(given["frequency"]))
    save_search(wanted=chosen, email=given["email"], left_at=LeftAt(page=reverse("new-alert")))


def _page(
    asked: ParsedSearch, wanted: WantedAlerts, form: AlertForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "wanted": wanted,
        "form": form,
        "frequencies": Frequency.choices,
        "chosen": form["frequency"].value(),
        "words": CONSENT_WORDS,
        "honeypot": HONEYPOT,
        "opened": opened(FORM),
        "back": results_path(asked.query(car=None)),
    }
    return HttpResponse(render_to_string("pages/new_alert.html", context), status=status)
