"""What buyers leave, for tests of how long it is kept."""

from typing import Any

from listings.buyers import ledger
from listings.models import BuyerRecord, Enquiry, EnquiryMessage

ANN = ledger.Contact("Ann Buyer", "ann@example.com", "0113 496 0000")


def record(kind: str = "enquiry", contact: ledger.Contact = ANN, **fields: Any) -> BuyerRecord:
    row = ledger.leave(
        kind=BuyerRecord.RecordKind(kind),
        contact=contact,
        consent=ledger.Consent(kind, "You may answer me."),
        left_at=ledger.LeftAt(page="/cars/1/"),
    )
    BuyerRecord.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()
    return row


def enquiry(contact: ledger.Contact = ANN, message: str = "I am Ann.", **fields: Any) -> Enquiry:
    """Return an enquiry with an answer; fields are those of its record and its own."""
    own = {name: fields.pop(name) for name in ("stage", "closed_at", "answered_at") & fields.keys()}
    of = record("enquiry", contact, **fields)
    EnquiryMessage.objects.create(record=of, kind="note", body=f"Told: {message}")
    return Enquiry.objects.create(record=of, title="Ford Fiesta", message=message, **own)
