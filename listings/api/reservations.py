"""Asking, by a front end of others, that a dealer holds a car."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from listings.api.enquiries import SourceBody
from listings.buyers import guards
from listings.buyers.deposits import deposits
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact, LeftAt
from listings.buyers.reservations import ask
from listings.models import Listing, Reservation
from marketplace.api.bodies import Body, StrictTextField
from marketplace.api.views import StrictView
from marketplace.client_address import client_address, client_network


class ReservationBody(Body):
    """For whom the car is held."""

    name = StrictTextField(max_length=guards.NAME_MAX)
    email = StrictTextField(
        max_length=guards.EMAIL_MAX, help_text="What becomes of the request is told there."
    )
    phone = StrictTextField(required=False, allow_blank=True, max_length=guards.PHONE_MAX)
    consent = StrictTextField(
        max_length=2_000,
        help_text="The words of `GET /consents/reservation/`, which the buyer was shown and "
        "agreed to, word for word.",
    )
    source = SourceBody(required=False)  # type: ignore[assignment]  # DRF takes fields out of the class
    captcha = StrictTextField(
        required=False,
        allow_blank=True,
        max_length=4_000,
        help_text="The answer of the captcha that the marketplace uses, if it uses one.",
    )


class ReservationAnswerSerializer(serializers.Serializer):
    """What became of a request; a mail tells every later step."""

    standing = serializers.ChoiceField(
        [(each.value, each.label) for each in Reservation.ACTIVE],
        help_text="`held`, or `asked`: the dealer has yet to say yes.",
    )
    held_until = serializers.DateTimeField(allow_null=True)
    answer_by = serializers.DateTimeField(
        allow_null=True, help_text="When a request that nobody answers lapses."
    )
    deposit_page = serializers.CharField(
        help_text="Where a deposit is paid, if one is asked for; else empty."
    )


class ReservationView(StrictView):
    """Takes a request to hold a car."""

    http_method_names = ["post"]
    serializer_class = ReservationBody
    queryset = Listing.objects.none()
    body_bytes_max = 20_000
    write_refusals = {
        "400": "BadReservation",
        "404": "ListingNotFound",
        "409": "NotReservable",
    }

    @extend_schema(
        operation_id="requestReservation",
        summary="Ask to reserve a car",
        description="Of those who ask at once one has it; the others get a 409, "
        "`not_reservable`, as for a dealer who takes no reservations.",
        tags=["reservations"],
        responses={201: ReservationAnswerSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        reservation = ask(
            listing_id=pk,
            contact=Contact(*(given.get(name, "") for name in ("name", "email", "phone"))),
            consent=given["consent"],
            sender=Sender(
                client_network(request), client_address(request), given.get("captcha", "")
            ),
            left_at=LeftAt(**given.get("source", {})),
        )
        return Response(ReservationAnswerSerializer(_answer(reservation)).data, 201)


def _answer(reservation: Reservation) -> dict[str, Any]:
    adapter = deposits()
    return {
        "standing": reservation.standing,
        "held_until": reservation.held_until,
        "answer_by": None if reservation.held_until else reservation.answer_by,
        "deposit_page": adapter.ask(reservation) if adapter and reservation.deposit else "",
    }
