"""Holding a car for a buyer: asked, said yes or no to, extended, cancelled; it lapses by itself.

One reservation at a time is active for an advert: whoever asks first has it until it is decided.
While it is held the advert is reserved by `listings.adverts`, on the buyers' side, so that no feed
ends it. What becomes of the advert in another way (sold, withdrawn, released) is noticed by
`settle`, which the clock starts; the advert itself tells the truth at once.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from listings.adverts import Action, WriteContext, allowed_actions, lifecycle
from listings.adverts.states import lock_listings
from listings.buyers import consents, guards, ledger
from listings.buyers.deposits import deposits
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact, LeftAt
from listings.buyers.reservation_rules import outcome, refuse_taken, reservable_car
from listings.buyers.tasks import (
    give_deposit_back,
    send_reservation_mail,
    send_reservation_notice,
)
from listings.choices import Source
from listings.exceptions import (
    InvalidReservation,
    ListingNotFound,
    NotReservable,
    ReservationDecided,
    ReservationNotFound,
)
from listings.models import BuyerRecord, Listing, Reservation
from listings.models.reservation import TERM_MAX
from marketplace.outbox import enqueue

PURPOSE = "reservation"
Standing = Reservation.Standing
BATCH = 500
NOW = "now"


@transaction.atomic
def ask(
    *,
    listing_id: int,
    contact: Contact,
    consent: str,
    sender: Sender,
    left_at: LeftAt | None = None,
) -> Reservation:
    """Ask a dealer to hold a car; the dealer's terms say whether that needs a yes.

    Raises `ListingNotFound`, `NotReservable`, `InvalidReservation`, `InvalidContact`,
    `InvalidConsent` and `AskedTooOften`.
    """
    reservable_car(listing_id)
    person = _person(contact)
    agreed = consents.agreed(PURPOSE, consent)
    if not guards.passes_captcha(sender.captcha, sender.address):
        words = "Please show once more that you are a person."
        raise InvalidReservation(words, fields={"captcha": [words]})
    guards.refuse_too_many(sender, person)
    lock_listings(listing_ids=[listing_id])
    car = reservable_car(listing_id)
    refuse_taken(car)
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.RESERVATION,
        contact=person,
        consent=agreed,
        left_at=left_at,
        dealer_id=car.dealer_id,
    )
    end = timezone.now() + timedelta(hours=car.dealer.reservation_hours)
    reservation = Reservation.objects.create(
        record=record, listing=car, title=car.title, standing=Standing.ASKED, answer_by=end
    )
    if deposits() is not None:
        reservation.deposit = Reservation.DepositState.ASKED
    elif car.dealer.reservations == NOW:
        return _hold(reservation, end, actor_id=None)
    return _tell(reservation)


@transaction.atomic
def deposit_paid(*, reservation_id: int) -> Reservation:
    """Note that a deposit was paid; a car that is held at once is held now. Twice is once.

    Raises `ReservationNotFound`. What is paid too late is given back.
    """
    reservation = _lock(reservation_id, *Standing)
    if reservation.deposit != Reservation.DepositState.ASKED:
        return reservation
    reservation.deposit = Reservation.DepositState.PAID
    reservation.save(update_fields=["deposit"])
    if reservation.standing != Standing.ASKED:
        enqueue(give_deposit_back, reservation.pk)
        return reservation
    if _dealer(reservation).reservations == NOW:
        return confirm(reservation_id=reservation_id, actor_id=None)
    return _tell(reservation)


@transaction.atomic
def hold_for(
    *, listing_id: int, contact: Contact, until: datetime, note: str, actor_id: int
) -> Reservation:
    """Hold a car for a customer of the dealer, who is told nothing by us.

    Raises `ListingNotFound`, `NotReservable`, `InvalidReservation` and `InvalidContact`.
    """
    person = _customer(contact)
    lock_listings(listing_ids=[listing_id])
    car = Listing.objects.select_related("dealer").filter(pk=listing_id).first()
    if car is None:
        raise ListingNotFound(ListingNotFound.words)
    refuse_taken(car)
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.RESERVATION,
        contact=person,
        consent=None,
        dealer_id=car.dealer_id,
    )
    reservation = Reservation.objects.create(
        record=record,
        listing=car,
        title=car.title,
        standing=Standing.ASKED,
        is_by_dealer=True,
        note=guards.plain_text(note),
    )
    return _hold(reservation, until, actor_id=actor_id)


@transaction.atomic
def confirm(
    *, reservation_id: int, actor_id: int | None, until: datetime | None = None
) -> Reservation:
    """Say yes to a request: the car is held from now, by default for the dealer's usual time.

    Raises `ReservationNotFound`, `ReservationDecided`, `InvalidReservation` and what reserving an
    advert raises.
    """
    reservation = _lock(reservation_id, Standing.ASKED)
    hours = _dealer(reservation).reservation_hours
    return _hold(reservation, until or timezone.now() + timedelta(hours=hours), actor_id=actor_id)


@transaction.atomic
def decline(*, reservation_id: int, actor_id: int | None, reason: str = "") -> Reservation:
    """Say no to a request, with a reason that the buyer is told; raises as `confirm` does."""
    reservation = _lock(reservation_id, Standing.ASKED)
    reservation.reason = guards.plain_text(reason, 300)
    return _end(reservation, Standing.DECLINED, actor_id)


@transaction.atomic
def extend(*, reservation_id: int, actor_id: int | None, until: datetime) -> Reservation:
    """Hold a car for longer, or for less long; raises as `confirm` does."""
    reservation = _lock(reservation_id, Standing.HELD)
    _release(reservation, actor_id, "reservation extended")
    return _hold(reservation, until, actor_id=actor_id)


@transaction.atomic
def cancel(*, record_id: int) -> BuyerRecord:
    """Give a car free again, as the buyer says by a mailed link; twice is once."""
    found = Reservation.objects.filter(record=record_id).first()
    if found is None:
        raise ReservationNotFound("There is no such reservation.")
    reservation = _lock(found.pk, *Standing)
    if reservation.standing in Reservation.ACTIVE:
        _release(reservation, None, "cancelled by the buyer")
        _end(reservation, Standing.CANCELLED, None)
    return BuyerRecord.objects.select_related("consent", "dealer").get(pk=record_id)


def settle() -> int:
    """End what is over: run out, unanswered, taken back, or overtaken by the advert.

    Returns how many ended. Each is a transaction of its own; safe twice and in parallel.
    """
    return sum(_settle_one(pk) for pk in _overtaken())


def _person(contact: Contact) -> Contact:
    """Return whoever asks, who has to be told what comes of it."""
    person = guards.contact_of(name=contact.name, email=contact.email, phone=contact.phone)
    faults = {}
    if not person.name:
        faults["name"] = ["Say for whom the car is held."]
    if not person.email:
        faults["email"] = ["Give an e-mail address: you are told by mail what comes of it."]
    if faults:
        raise InvalidReservation("The request cannot be sent so.", fields=faults)
    return person


def _customer(contact: Contact) -> Contact:
    """Return a customer as the dealer knows them; a name is enough."""
    if contact.email or contact.phone:
        return guards.contact_of(name=contact.name, email=contact.email, phone=contact.phone)
    return Contact(name=guards.plain_text(contact.name, guards.NAME_MAX).replace("\n", " "))


def _lock(reservation_id: int, *standings: Standing) -> Reservation:
    """Lock the advert, then the reservation, as everybody does."""
    rows = Reservation.objects.select_related("record__dealer")
    found = rows.filter(pk=reservation_id).first()
    if found is None or found.record.dealer_id is None:
        raise ReservationNotFound("There is no such reservation.")
    lock_listings(listing_ids=[found.listing_id] if found.listing_id else [])
    reservation = rows.select_for_update(of=("self",)).get(pk=reservation_id)
    if reservation.standing not in standings:
        said = reservation.get_standing_display().lower()
        raise ReservationDecided(f"This reservation is not open to that: {said}.")
    return reservation


def _dealer(reservation: Reservation) -> Any:
    return reservation.record.dealer


def _hold(reservation: Reservation, until: datetime, *, actor_id: int | None) -> Reservation:
    now = timezone.now()
    if not now < until <= now + TERM_MAX:
        words = f"A car is held until a time within {TERM_MAX.days} days."
        raise InvalidReservation(words, fields={"until": [words]})
    if reservation.listing_id is None:
        raise NotReservable("The advert no longer exists.")
    source = Source.PERSON if reservation.is_by_dealer else Source.BUYER
    by = WriteContext(source, "reserved for a buyer", actor_id)
    lifecycle.act(Action.RESERVE, reservation.listing_id, by, until)
    reservation.standing, reservation.held_until = Standing.HELD, until
    reservation.decided_by_id, reservation.decided_at = actor_id, now
    return _tell(reservation)


def _release(reservation: Reservation, actor_id: int | None, reason: str) -> None:
    """Free the advert where it is this reservation that holds it."""
    listing = reservation.listing
    if reservation.standing != Standing.HELD or listing is None:
        return
    if listing.reserved_until == reservation.held_until and Action.RELEASE in allowed_actions(
        listing
    ):
        by = WriteContext(Source.BUYER, reason, actor_id)
        lifecycle.act(Action.RELEASE, listing.pk, by)


def _end(reservation: Reservation, standing: Standing, actor_id: int | None) -> Reservation:
    now = timezone.now()
    if standing == Standing.DECLINED:
        reservation.decided_by_id, reservation.decided_at = actor_id, now
    reservation.standing, reservation.ended_at = standing, now
    is_paid = reservation.deposit == Reservation.DepositState.PAID
    if is_paid and standing != Standing.SOLD:
        enqueue(give_deposit_back, reservation.pk)
    return _tell(reservation)


def _tell(reservation: Reservation) -> Reservation:
    """Keep a reservation, and have its buyer and its dealer told of the change by mail."""
    reservation.changed_at = timezone.now()
    reservation.mails += 1
    reservation.save()
    if not reservation.is_by_dealer:
        enqueue(send_reservation_mail, reservation.pk, reservation.mails)
        enqueue(send_reservation_notice, reservation.pk, reservation.mails)
    return reservation


def _overtaken() -> Collection[int]:
    """Return what may be over: `_settle_one` looks again, under the locks."""
    rows = Reservation.objects.active().order_by("pk").select_related("listing", "record")
    return [each.pk for each in rows.iterator(chunk_size=BATCH) if outcome(each) is not None]


@transaction.atomic
def _settle_one(reservation_id: int) -> bool:
    try:
        reservation = _lock(reservation_id, *Reservation.ACTIVE)
    except (ReservationDecided, ReservationNotFound):
        return False
    ending = outcome(reservation)
    if ending is None:
        return False
    _release(reservation, None, "reservation ended")
    _end(reservation, ending, None)
    return True
