"""A buyer who sends an enquiry."""

from typing import Any

from django.test import Client

from listings.buyers.consents import words_now
from listings.models import Listing

ANN = {"name": "Ann Buyer", "email": "ann@example.com", "phone": "0113 496 0000"}


def body(**fields: Any) -> dict[str, Any]:
    return {**ANN, "message": "Is it still there?", "consent": words_now("enquiry"), **fields}


def send(row: Listing | int, client: Client | None = None, **fields: Any) -> Any:
    pk = row if isinstance(row, int) else row.pk
    address = f"/api/v1/listings/{pk}/enquiries/"
    return (client or Client()).post(address, body(**fields), content_type="application/json")
