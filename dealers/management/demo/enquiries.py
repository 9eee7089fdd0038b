"""Invented enquiries for the demo's first dealer; nobody is mailed about them."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from dealers.models import Dealer
from listings.buyers import ledger
from listings.buyers.consents import words_now
from listings.buyers.enquiries import status_now
from listings.buyers.questions import PURPOSE
from listings.models import BuyerRecord, Enquiry, Listing

Stage = Enquiry.Stage


class DemoEnquiry(NamedTuple):
    """Who asked what, how many hours ago, and how far the dealer is with it."""

    name: str
    phone: str  # of the numbers that Ofcom keeps for drama
    hours_ago: int
    message: str
    stage: Stage = Stage.NEW
    part_exchange: tuple[str, int] | None = None
    viewing_in_days: int | None = None
    placement: str = ""


ENQUIRIES = (
    DemoEnquiry("Priya Shah", "07700 900101", 1, "Is it still for sale, and has it a tow bar?"),
    DemoEnquiry(
        "Tom Hughes",
        "",
        3,
        "Could I see it on Saturday morning?",
        viewing_in_days=3,
        placement="article",
    ),
    DemoEnquiry(
        "Ann Walker",
        "07700 900103",
        20,
        "What would you give me for my Fiesta?",
        part_exchange=("KX17ABC", 41_000),
    ),
    DemoEnquiry("Callum Reid", "07700 900104", 26, "", Stage.ANSWERED),
    DemoEnquiry(
        "Sian Evans", "", 50, "Does it come with both keys?", Stage.APPOINTMENT, viewing_in_days=1
    ),
    DemoEnquiry("George Okafor", "07700 900106", 98, "Is the price firm?", Stage.WON),
    DemoEnquiry("Lucy Brown", "07700 900107", 170, "Do you deliver to Leeds?", Stage.LOST),
)


@transaction.atomic
def add_enquiries(dealer: Dealer) -> None:
    """Add them, unless the dealer has enquiries."""
    if Enquiry.objects.for_dealer(dealer.pk).exists():
        return
    cars = list(
        Listing.objects.for_dealer(dealer.pk).once_public().order_by("pk")[: len(ENQUIRIES)]
    )
    for each, car in zip(ENQUIRIES, cars, strict=False):
        _add(each, car, timezone.now() - timedelta(hours=each.hours_ago))


def _add(each: DemoEnquiry, car: Listing, at: datetime) -> None:
    email = f"{each.name.lower().replace(' ', '.')}@example.com"
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.ENQUIRY,
        contact=ledger.Contact(each.name, email, each.phone),
        consent=ledger.Consent(PURPOSE, words_now(PURPOSE)),
        left_at=ledger.LeftAt(page=f"/cars/{car.pk}/", placement=each.placement),
        dealer_id=car.dealer_id,
    )
    BuyerRecord.objects.filter(pk=record.pk).update(created_at=at, consented_at=at)
    mark, miles = each.part_exchange or ("", None)
    days = each.viewing_in_days
    is_new, is_over = each.stage == Stage.NEW, each.stage in (Stage.WON, Stage.LOST)
    Enquiry.objects.create(
        record=record,
        listing=car,
        branch_id=car.branch_id,
        title=car.title,
        price=car.price,
        car_status=status_now(car),
        message=each.message,
        part_exchange_vrm=mark,
        part_exchange_mileage=miles,
        viewing_at=None if days is None else timezone.now() + timedelta(days=days),
        stage=each.stage,
        lost_reason=Enquiry.LostReason.PRICE if each.stage == Stage.LOST else "",
        created_at=at,
        opened_at=None if is_new else at + timedelta(minutes=20),
        answered_at=None if is_new else at + timedelta(minutes=45),
        closed_at=at + timedelta(days=2) if is_over else None,
    )
