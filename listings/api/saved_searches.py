"""Saving a search or cars by e-mail address, from any front end."""

from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.parameters import FILTERS, parameter_text
from listings.api.search_label import search_label
from listings.api.words import WORDS, read_criteria
from listings.buyers.guards import contact_of, passes_captcha
from listings.buyers.ledger import LeftAt
from listings.buyers.saved_searches import (
    CARS_MAX,
    CONSENT_WORDS,
    Frequency,
    WantedAlerts,
    save_search,
)
from listings.exceptions import NotByHand
from listings.search.criteria import Criteria
from marketplace.api.bodies import Body, StrictChoiceField, StrictIntegerField, StrictTextField
from marketplace.api.parameters import refuse, unknown_names
from marketplace.api.throttling import RequestsPerMinute
from marketplace.api.views import StrictView
from marketplace.client_address import client_address
from marketplace.errors import Invalid
from marketplace.rate_limits import is_asked_too_often

VALUES_MAX = 60
_ONE = [{"type": "string", "maxLength": 200}, {"type": "integer"}, {"type": "boolean"}]


class BuyerRequestsPerHour(RequestsPerMinute):
    policy = "buyer"


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [*_ONE, {"type": "array", "maxItems": VALUES_MAX, "items": {"oneOf": _ONE}}]
        },
        "example": {"make": ["ford"], "price_max": 10000, "near": "Leeds", "within_miles": 30},
    }
)
class SearchField(serializers.Field):
    """The parameters of the search of adverts, by name; several values as a list."""

    def to_internal_value(self, data: Any) -> QueryDict:
        if not isinstance(data, dict):
            raise ValidationError("This is an object of the search's parameters.")
        query = QueryDict(mutable=True)
        for name, value in data.items():
            values = value if isinstance(value, list) else [value]
            if len(values) > VALUES_MAX or not all(isinstance(v, str | int) for v in values):
                raise ValidationError(f"{name[:60]}: give texts, whole numbers, true or false.")
            query.setlist(name, [parameter_text(each)[:1_000] for each in values])
        return query

    def to_representation(self, value: Any) -> Any:
        return value


class SavedSearchSerializer(Body):
    """Who wants to be told of what, and how often: give `search` or `listing_ids`."""

    email = StrictTextField(max_length=254)
    frequency = StrictChoiceField(choices=Frequency.choices, default=Frequency.DAILY)
    search = SearchField(
        required=False,
        help_text="Parameters as `GET /api/v1/listings/` takes them to filter, `q` too. Cars that "
        "are published, come back or get cheaper are told.",
    )
    listing_ids = serializers.ListField(
        child=StrictIntegerField(min_value=1, max_value=2**63 - 1),
        max_length=CARS_MAX,
        min_length=1,
        required=False,
        help_text="Cars that buyers can see: told when one gets cheaper or goes.",
    )
    consent = StrictTextField(
        max_length=1_000,
        help_text=f"The words that the person was shown and agreed to: “{CONSENT_WORDS}”",
    )
    page = StrictTextField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Path of the page it was left at.",
    )
    captcha = StrictTextField(
        max_length=4_000,
        required=False,
        allow_blank=True,
        help_text="The answer of the captcha, where one is asked.",
    )

    def validate_consent(self, words: str) -> str:
        if " ".join(words.split()) != CONSENT_WORDS:
            raise ValidationError(f"Show these words, and send them back: “{CONSENT_WORDS}”")
        return CONSENT_WORDS

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("search" in attrs) == ("listing_ids" in attrs):
            raise ValidationError({"search": ["Give either search or listing_ids."]})
        return attrs


class SavedSearchAcceptedSerializer(serializers.Serializer):
    """What happens next, whatever was saved before."""

    status = serializers.ChoiceField(choices=["confirmation_sent"])


class SavedSearchView(StrictView):
    """Saves a search, or cars to watch, for an e-mail address.

    Nothing is told before the link in a mail is confirmed, which holds for 48 hours. The answer
    is the same whether or not the address is known.
    """

    http_method_names = ["post"]
    body_bytes_max = 20_000
    throttle_classes = (BuyerRequestsPerHour,)
    serializer_class = SavedSearchSerializer
    write_refusals = {"400": "BadSavedSearch"}

    @extend_schema(
        operation_id="saveSearch",
        summary="Save a search",
        tags=["buyers"],
        request=SavedSearchSerializer,
        responses={
            202: OpenApiResponse(SavedSearchAcceptedSerializer, description="A mail is on its way.")
        },
    )
    def post(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        email = contact_of(name="", email=given["email"], phone="").email
        if not passes_captcha(given.get("captcha", ""), client_address(request)):
            raise NotByHand(NotByHand.words)
        wanted = _wanted(given)
        if not is_asked_too_often("buyer-address", email):  # an answer would tell of others
            save_search(wanted=wanted, email=email, left_at=LeftAt(page=given.get("page", "")))
        return Response({"status": "confirmation_sent"}, status=202)


def _wanted(given: dict[str, Any]) -> WantedAlerts:
    frequency = Frequency(given["frequency"])
    if ids := given.get("listing_ids"):
        return WantedAlerts(frequency, listing_ids=tuple(ids))
    criteria = _criteria(given["search"])
    name = search_label(criteria) if criteria.as_parameters() else ""
    return WantedAlerts(frequency, name, criteria)


def _criteria(query: QueryDict) -> Criteria:
    """Return what the parameters of a search ask for. Raises `Invalid`, by parameter."""
    known = {**FILTERS, "q": WORDS["q"]}
    unknown = [name for name in query if name not in known]
    if unknown:
        called = {name: getattr(field, "also", ()) for name, field in known.items()}
        refused = unknown_names(unknown, called, "parameter")
        raise Invalid("The search has unknown parameters.", fields=_below_search(refused))
    try:
        return read_criteria(query)
    except Invalid as refusal:
        refuse(_below_search(refusal.fields))
        raise


def _below_search(errors: Any) -> dict[str, list[str]]:
    return {f"search.{name}": list(messages) for name, messages in errors.items()}
