"""Enquiries by front ends of others, and the words that their forms show."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.similar import SimilarSerializer, alternatives_shown
from listings.buyers import consents, guards
from listings.buyers.audience import Place, count_enquired
from listings.buyers.enquiries import enquire, find_car, status_now
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact, LeftAt
from listings.buyers.questions import Question
from listings.choices import Status
from listings.models import Enquiry, Listing
from listings.models.rules import MILEAGE_MAX
from marketplace.api.bodies import Body, StrictChoiceField, StrictIntegerField, StrictTextField
from marketplace.api.views import PublicView, StrictView
from marketplace.client_address import client_address, client_network
from marketplace.london_time import LONDON

ALTERNATIVES = 6
TAG = "enquiries"
GONE = (Status.LIVE, Status.EXPIRED, Status.SOLD, Status.WITHDRAWN)


class PatternTextField(serializers.RegexField):
    """A text of a shape, and no number that looks like one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or "\n" in data:
            self.fail("invalid")
        return str(super().to_internal_value(data))


class SourceBody(Body):
    """Where the enquiry was written; nothing of it may tell one reader from another."""

    page = PatternTextField(
        guards.PAGE,
        max_length=guards.PAGE_MAX,
        required=False,
        allow_blank=True,
        help_text="A path or an address, without a query.",
    )
    placement = PatternTextField(
        guards.PLACE, max_length=guards.PLACE_MAX, required=False, allow_blank=True
    )
    campaign = PatternTextField(
        guards.PLACE, max_length=guards.PLACE_MAX, required=False, allow_blank=True
    )


class EnquiryBody(Body):
    """What a buyer asks. An e-mail address or a telephone number is needed, or both."""

    name = StrictTextField(required=False, allow_blank=True, max_length=guards.NAME_MAX)
    email = StrictTextField(required=False, allow_blank=True, max_length=guards.EMAIL_MAX)
    phone = StrictTextField(required=False, allow_blank=True, max_length=guards.PHONE_MAX)
    message = StrictTextField(
        required=False,
        allow_blank=True,
        max_length=guards.MESSAGE_MAX,
        help_text="Markup and links are taken out.",
    )
    preferred_contact = StrictChoiceField(Enquiry.PreferredContact.choices, required=False)
    part_exchange_vrm = StrictTextField(
        required=False,
        allow_blank=True,
        max_length=20,
        help_text="The registration mark of the buyer's own car.",
    )
    part_exchange_mileage = StrictIntegerField(
        required=False, allow_null=True, min_value=0, max_value=MILEAGE_MAX
    )
    viewing_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default_timezone=LONDON,
        help_text="When the buyer would like to come; London's time where no offset is given.",
    )
    consent = StrictTextField(
        max_length=2_000,
        help_text="The words of `GET /consents/enquiry/`, which the buyer was shown and agreed "
        "to, word for word.",
    )
    source = SourceBody(required=False)  # type: ignore[assignment]  # DRF takes fields out of the class
    captcha = StrictTextField(
        required=False,
        allow_blank=True,
        max_length=4_000,
        help_text="The answer of the captcha that the marketplace uses, if it uses one.",
    )


class EnquiryAnswerSerializer(serializers.Serializer):
    """What became of an enquiry. It has no address of its own: the buyer's receipt does."""

    car_status = serializers.ChoiceField(
        [(each.value, each.label) for each in GONE],
        help_text="`live`, or how the advert ended: the dealer is asked all the same.",
    )
    receipt = serializers.BooleanField(
        help_text="Whether a receipt goes out by e-mail, with the link to take it all back."
    )
    alternatives = SimilarSerializer(
        many=True, help_text="The nearest adverts where the car is gone; else none."
    )


class ConsentSerializer(serializers.Serializer):
    """Words to show beside the button that sends something."""

    purpose = serializers.CharField()
    words = serializers.CharField()


class EnquiryView(StrictView):
    """Takes what a buyer asks the dealer of an advert."""

    http_method_names = ["post"]
    serializer_class = EnquiryBody
    queryset = Listing.objects.none()
    body_bytes_max = 40_000
    write_refusals = {"400": "BadEnquiry", "404": "ListingNotFound"}

    @extend_schema(
        operation_id="sendEnquiry",
        summary="Ask the dealer about a car",
        description="The same contact, car and question within ten minutes is the same enquiry, "
        "and is answered alike. A car that is gone is asked about as well.",
        tags=[TAG],
        responses={201: EnquiryAnswerSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        car = find_car(pk)  # what is hidden is not found, whatever is sent
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        enquiry = enquire(
            car=car,
            contact=Contact(*(given.get(name, "") for name in ("name", "email", "phone"))),
            question=_question(given),
            consent=given["consent"],
            sender=Sender(
                client_network(request), client_address(request), given.get("captcha", "")
            ),
            left_at=LeftAt(**given.get("source", {})),
        )
        count_enquired(Place.API, pk)
        return Response(_answer(car, bool(given.get("email")), enquiry, request), 201)


class ConsentView(PublicView):
    """The words that whoever leaves something agrees to."""

    serializer_class = ConsentSerializer
    path_schemas = {"purpose": {"type": "string", "enum": list(consents.WORDS)}}

    @extend_schema(operation_id="getConsent", summary="Read the words of a consent", tags=[TAG])
    def get(self, request: Request, purpose: str) -> Response:
        if purpose not in consents.WORDS:
            raise Http404
        shown = {"purpose": purpose, "words": consents.words_now(purpose)}
        return Response(self.get_serializer(shown).data)


def _question(given: dict[str, Any]) -> Question:
    names = ("message", "preferred_contact", "part_exchange_vrm", "part_exchange_mileage")
    return Question(**{k: v for k, v in given.items() if k in (*names, "viewing_at")})


def _answer(car: Listing, receipt: bool, enquiry: Enquiry, request: Request) -> dict[str, Any]:
    is_gone = status_now(car) != Status.LIVE
    return {
        "car_status": enquiry.car_status,
        "receipt": receipt,
        "alternatives": alternatives_shown(car, ALTERNATIVES, request) if is_gone else [],
    }
