"""What a buyer asks about a car, read and checked with all its faults at once."""

import dataclasses
from datetime import datetime, timedelta

from django.utils import timezone

from listings.buyers import consents
from listings.buyers.guards import contact_of, plain_text
from listings.buyers.ledger import Consent, Contact
from listings.exceptions import InvalidConsent, InvalidContact, InvalidEnquiry
from listings.identifiers import InvalidVrm, normalise_vrm
from listings.models import Enquiry
from listings.models.rules import MILEAGE_MAX

PURPOSE = "enquiry"
VIEWING_WITHIN = timedelta(days=90)
Faults = dict[str, list[str]]


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked; all of it may be left out. `part_exchange_vrm` is the buyer's own car's."""

    message: str = ""
    preferred_contact: str = Enquiry.PreferredContact.EITHER
    part_exchange_vrm: str = ""
    part_exchange_mileage: int | None = None
    viewing_at: datetime | None = None


def checked(
    contact: Contact, question: Question, words: str
) -> tuple[Contact, Question, Consent | None]:
    """Return contact, question and consent as they are kept. Raises `InvalidEnquiry`, by field."""
    faults: Faults = {}
    person = _person(contact, faults)
    asked = dataclasses.replace(
        question,
        message=plain_text(question.message),
        part_exchange_vrm=_mark(question.part_exchange_vrm, faults),
    )
    _check(asked, person, faults)
    consent = _consent(words, faults)
    if faults:
        raise InvalidEnquiry("The enquiry cannot be sent so.", fields=faults)
    return person, asked, consent


def _person(contact: Contact, faults: Faults) -> Contact:
    try:
        return contact_of(name=contact.name, email=contact.email, phone=contact.phone)
    except InvalidContact as refusal:
        faults.update(refusal.fields)
        return contact


def _mark(text: str, faults: Faults) -> str:
    try:
        return normalise_vrm(text) if text.strip() else ""
    except InvalidVrm as refusal:
        faults["part_exchange_vrm"] = refusal.fields["vrm"]
        return ""


def _consent(words: str, faults: Faults) -> Consent | None:
    try:
        return consents.agreed(PURPOSE, words)
    except InvalidConsent as refusal:
        faults["consent"] = [refusal.message]
        return None


def _check(question: Question, person: Contact, faults: Faults) -> None:
    now, means = timezone.now(), Enquiry.PreferredContact
    if question.preferred_contact not in means.values:
        faults["preferred_contact"] = ["Choose e-mail, telephone or either."]
    for mean, given in ((means.EMAIL, person.email), (means.PHONE, person.phone)):
        if question.preferred_contact == mean and not given:
            faults.setdefault(str(mean), ["You would like to be answered here: please fill it in."])
    mileage = question.part_exchange_mileage
    if mileage is not None and not 0 <= mileage <= MILEAGE_MAX:
        faults["part_exchange_mileage"] = [f"This is a number of miles up to {MILEAGE_MAX:,}."]
    if question.viewing_at is not None and not now < question.viewing_at <= now + VIEWING_WITHIN:
        faults["viewing_at"] = [f"Choose a time within the next {VIEWING_WITHIN.days} days."]
