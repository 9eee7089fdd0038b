"""`save_search` and `enquire`: a link to a form of ours, which a person reads, fills in and sends.

A tool keeps and sends nothing. A link holds filters, or the number of an advert, and no word of
the person; it opens the form that all buyers have, with its own guards.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django import forms
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from pydantic import BaseModel, Field

from listings.api.parameters import FILTERS, written
from listings.api.search_label import search_label
from listings.api.words import WORDS, read_criteria
from listings.exceptions import BuyerLinkInvalid, BuyerLinkSpent, ListingNotFound, NothingToSave
from listings.mcp.api_answers import NOT_FOR_SALE
from listings.mcp.car_tools import ID, car_id
from listings.mcp.tool import ChatTool, ToolAnswer
from listings.models import Listing
from listings.pages.private import private
from listings.search.engine import SearchRequest
from listings.search.engines import engine
from listings.search.ordering import DEFAULT_ORDERING
from listings.site.addresses import canonical
from listings.site.answers import refusals_shown
from marketplace.errors import Invalid

LINK_AGE = timedelta(hours=24)
TOKEN_MAX = 1_900
CAMPAIGN = "chat"
"""What the dealer is told of where an enquiry comes from."""

NEXT = (
    "Nothing is sent or kept yet. Give the person this url: they read there what would be sent, "
    "say how to be reached, and confirm."
)
_signer = TimestampSigner(salt="listings.mcp", sep=".")


class PreparedForm(StrEnum):
    """The page that a link opens."""

    ALERT = "new-alert"
    ENQUIRY = "enquire"


class PreparedLink(BaseModel):
    """A link for the person, who alone can go on."""

    url: str
    purpose: str = Field(description="What the page asks the person to confirm.")
    matches: int | None = Field(description="Cars that match now; null where none are searched.")
    good_until: datetime
    next: str


def save_search(_request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return a link to the form that asks for alerts, for the search that is meant."""
    criteria = read_criteria(query)
    filters = criteria.as_parameters()
    if not filters:
        raise NothingToSave(NothingToSave.words)
    search = SearchRequest(criteria, DEFAULT_ORDERING, 1, is_counted=True)
    count = engine().search(search).count  # refuses what names nothing
    purpose = f"Mails about new cars, and lower prices: {search_label(criteria)}"
    return _answer(PreparedForm.ALERT, written(filters), purpose, matches=count)


def enquire(_request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return a link to the form that asks a dealer about a car that is for sale."""
    pk = car_id(query)
    row = Listing.objects.public().with_card().filter(pk=pk).first()
    if row is None:
        raise ListingNotFound(NOT_FOR_SALE)
    title = f"{row.year} {row.make.name} {row.model.name}"
    return _answer(PreparedForm.ENQUIRY, pk, f"An enquiry to the dealer about the {title}")


@never_cache
@private
@require_safe
@refusals_shown
def prepared_form(request: HttpRequest, token: str) -> HttpResponseBase:
    """Lead to the form that a link was made for."""
    form, value = _read(token)
    if form == PreparedForm.ALERT:
        return HttpResponseRedirect(f"{reverse(form)}?{value}")
    return HttpResponseRedirect(f"{reverse(form, args=[value])}?campaign={CAMPAIGN}")


def _answer(
    form: PreparedForm, value: str | int, purpose: str, *, matches: int | None = None
) -> ToolAnswer:
    token = _signer.sign_object([form.value, value], compress=True)
    if len(token) > TOKEN_MAX:
        raise Invalid("These are more filters than a link can hold. Leave some out.")
    link = PreparedLink(
        url=canonical(reverse("prepared-form", args=[token])),
        purpose=purpose,
        matches=matches,
        good_until=(timezone.now() + LINK_AGE).replace(microsecond=0),
        next=NEXT,
    )
    return ToolAnswer(link, f"{purpose}: {link.url}\n{NEXT}")


def _read(token: str) -> tuple[PreparedForm, Any]:
    """Raises `BuyerLinkInvalid`, and `BuyerLinkSpent` for a link that is too old."""
    try:
        form, value = _signer.unsign_object(token, max_age=LINK_AGE)
        return PreparedForm(form), value
    except SignatureExpired:
        raise BuyerLinkSpent("This link is too old: ask for another.") from None
    except (BadSignature, ValueError):
        raise BuyerLinkInvalid(BuyerLinkInvalid.words) from None


_SEARCHED: Mapping[str, forms.Field] = {"q": WORDS["q"], **FILTERS}
SAVE_SEARCH = ChatTool(
    "save_search",
    "Prepare alerts",
    "Prepare mails about new cars of a search: the answer is a link for the person. Nothing is "
    "saved before they give their address there and confirm.",
    _SEARCHED,
    PreparedLink,
    save_search,
)
ENQUIRE = ChatTool(
    "enquire",
    "Prepare an enquiry",
    "Prepare a question to the dealer of a car: the answer is a link for the person. Nothing is "
    "sent before they write and send it there.",
    {"id": ID},
    PreparedLink,
    enquire,
)
