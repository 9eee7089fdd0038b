"""A buyer's enquiry about a car: taken once, whoever sends it twice, and mailed on."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from listings.buyers import guards, ledger
from listings.buyers.guards import Sender
from listings.buyers.ledger import Consent, Contact, LeftAt
from listings.buyers.questions import Question, checked
from listings.buyers.tasks import send_enquiry_mail
from listings.choices import Status
from listings.exceptions import InvalidEnquiry, ListingNotFound
from listings.models import BuyerRecord, Enquiry, EnquiryMail, Listing
from listings.models.conditions import is_running
from marketplace.outbox import enqueue_each
from marketplace.outcome_counts import count

SAME_WITHIN = timedelta(minutes=10)
ID_MAX = 2**63 - 1

Recipient = EnquiryMail.Recipient
# Asked for each enquiry and nearly always in vain: so by text, as building it costs more.
_SAME = """
    SELECT enquiry.id FROM listings_enquiry AS enquiry
    JOIN listings_buyerrecord AS record ON record.id = enquiry.record_id
    WHERE enquiry.digest = %s
        AND enquiry.created_at > statement_timestamp() - %s * interval '1 second'
        AND record.erased_at IS NULL AND record.withdrawn_at IS NULL
    ORDER BY enquiry.id DESC LIMIT 1
"""


def enquire(
    *,
    car: Listing,
    contact: Contact,
    question: Question,
    consent: str,
    sender: Sender,
    left_at: LeftAt | None = None,
) -> Enquiry:
    """Take an enquiry for the dealer of an advert; the same within ten minutes is the same one.

    `consent` are the words that were shown and agreed to, `words_now` of `PURPOSE`. A car that is
    gone is asked about as well: `car_status` says so. The caller has just had it of `find_car`,
    so that what is hidden is not found whatever is sent. Raises `InvalidEnquiry` and
    `AskedTooOften`.
    """
    person, asked, agreed = checked(contact, question, consent)
    if not guards.passes_captcha(sender.captcha, sender.address):
        words = "Please show once more that you are a person."
        raise InvalidEnquiry(words, fields={"captcha": [words]})
    guards.refuse_too_many(sender, person)
    return _write(car, person, asked, agreed, left_at)


def find_car(listing_id: int) -> Listing:
    """Return an advert that buyers can see, or could before it ended. Raises `ListingNotFound`."""
    rows = Listing.objects.once_public().select_related("dealer", "branch")
    row = rows.filter(pk=listing_id).first() if 0 < listing_id <= ID_MAX else None
    if row is None:
        raise ListingNotFound(ListingNotFound.words)
    return row


def status_now(car: Listing) -> Status:
    """Return how an advert stands by the clock, whatever the sweeps have yet to do."""
    if car.status == Status.LIVE and not is_running(car, timezone.now()):
        return Status.EXPIRED
    return Status(car.status)


@transaction.atomic
def _write(
    car: Listing,
    person: Contact,
    asked: Question,
    consent: Consent | None,
    left_at: LeftAt | None,
) -> Enquiry:
    digest = _digest(car, person, asked)
    if (same := _same(digest)) is not None:
        count("enquiries_received", {"repeated": 1})
        return same
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.ENQUIRY,
        contact=person,
        consent=consent,
        left_at=left_at,
        dealer_id=car.dealer_id,
    )
    enquiry = Enquiry.objects.create(
        record=record,
        listing=car,
        branch_id=car.branch_id,
        title=car.title,
        price=car.price,
        car_status=status_now(car),
        digest=digest,
        **vars(asked),
    )
    _mail(record, car)
    count("enquiries_received", {"taken": 1})
    return enquiry


def _same(digest: str) -> Enquiry | None:
    """Return the enquiry that this one repeats; of two at once the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
        cursor.execute(_SAME, [digest, SAME_WITHIN.total_seconds()])
        found = cursor.fetchone()
    return Enquiry.objects.get(pk=found[0]) if found else None


def _digest(car: Listing, person: Contact, asked: Question) -> str:
    """Return what the same enquiry has again: who asks what of which car; keyed by our secret."""
    parts: list[Any] = [car.pk, person.email.lower() or guards.phone_digits(person.phone)]
    parts += [" ".join(asked.message.lower().split()), asked.part_exchange_vrm]
    parts += [asked.part_exchange_mileage, asked.viewing_at and asked.viewing_at.timestamp()]
    return salted_hmac("listings.enquiries", repr(parts), algorithm="sha256").hexdigest()


def _mail(record: BuyerRecord, car: Listing) -> None:
    recipients = [Recipient.DEALER]
    if car.branch.crm_email or car.dealer.crm_email:
        recipients.append(Recipient.CRM)
    if record.email:
        recipients.append(Recipient.BUYER)
    mails = EnquiryMail.objects.bulk_create(
        EnquiryMail(record=record, recipient=each) for each in recipients
    )
    enqueue_each(send_enquiry_mail, [(mail.pk,) for mail in mails])
