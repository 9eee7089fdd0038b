"""What people say against adverts, and what the marketplace's staff decide."""

from django.db import transaction
from django.utils import timezone

from listings.adverts import lifecycle
from listings.buyers import consents, guards, ledger
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact, LeftAt
from listings.choices import Status
from listings.exceptions import InvalidReport, ListingNotFound, ReportDecided
from listings.models import AdvertReport, BuyerRecord, Listing

PURPOSE = "report"
TEXT_MAX = 2_000
Decision = AdvertReport.Decision


@transaction.atomic
def report_advert(
    *,
    listing_id: int,
    reason: str,
    text: str,
    email: str,
    sender: Sender,
    left_at: LeftAt | None = None,
) -> AdvertReport:
    """Keep what somebody says against a public advert; an address is kept only where one is left.

    Raises `ListingNotFound`, `InvalidReport`, `InvalidContact` and `AskedTooOften`.
    """
    rows = Listing.objects.public()
    car = rows.filter(pk=listing_id).first() if 0 < listing_id < 2**63 else None
    if car is None:
        raise ListingNotFound(ListingNotFound.words)
    said = guards.plain_text(text, TEXT_MAX)
    faults = {}
    if reason not in AdvertReport.ReportReason.values:
        faults["reason"] = ["Choose what is wrong."]
    if reason == AdvertReport.ReportReason.OTHER and not said:
        faults["text"] = ["Say what is wrong."]
    if faults:
        raise InvalidReport("The report cannot be sent so.", fields=faults)
    person = guards.contact_of(name="", email=email, phone="") if email.strip() else Contact()
    guards.refuse_too_many(sender, person)
    words = consents.words_now(PURPOSE)
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.REPORT,
        contact=person,
        consent=ledger.Consent(PURPOSE, words) if person.email else None,
        left_at=left_at,
    )
    return AdvertReport.objects.create(record=record, listing=car, reason=reason, text=said)


@transaction.atomic
def dismiss(*, report_id: int, actor_id: int) -> AdvertReport:
    """Leave the advert as it is. Raises `ReportDecided`."""
    return _decide(_lock(report_id), Decision.DISMISSED, actor_id)


@transaction.atomic
def take_down(*, report_id: int, actor_id: int, reason: str) -> AdvertReport:
    """Reject the advert, for a reason that its dealer reads; all its open reports are decided.

    Raises `ReportDecided`, and what `lifecycle.reject` raises where the advert is live.
    """
    report = _lock(report_id)
    if report.listing.status == Status.LIVE:
        lifecycle.reject(listing_id=report.listing_id, actor_id=actor_id, reason=reason)
    open_ = AdvertReport.objects.select_for_update().filter(
        listing=report.listing_id, decision=Decision.OPEN
    )
    for each in open_.order_by("pk"):
        _decide(each, Decision.TAKEN_DOWN, actor_id)
    report.refresh_from_db()
    return report


def _lock(report_id: int) -> AdvertReport:
    rows = AdvertReport.objects.select_for_update(of=("self",)).select_related("listing")
    report = rows.filter(pk=report_id).first()
    if report is None or report.decision != Decision.OPEN:
        raise ReportDecided("This report has been decided already.")
    return report


def _decide(report: AdvertReport, decision: Decision, actor_id: int) -> AdvertReport:
    report.decision, report.decided_by_id = decision, actor_id
    report.decided_at = timezone.now()
    report.save(update_fields=["decision", "decided_by", "decided_at"])
    return report
