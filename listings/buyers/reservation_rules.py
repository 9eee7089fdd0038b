"""When a car may be reserved, and what has become of a reservation."""

from datetime import datetime

from django.utils import timezone

from listings.adverts import Action, allowed_actions
from listings.choices import Status
from listings.exceptions import ListingNotFound, NotReservable
from listings.models import Listing, Reservation

OFF = "off"
Standing = Reservation.Standing


def is_offered(car: Listing) -> bool:
    """Whether a buyer may ask for this public advert now; `car` has its dealer."""
    if car.dealer.reservations == OFF or Action.RESERVE not in allowed_actions(car):
        return False
    return not _is_asked_for(car)


def reservable_car(listing_id: int) -> Listing:
    """Return a public advert whose dealer takes reservations.

    Raises `ListingNotFound` and `NotReservable`.
    """
    rows = Listing.objects.public().select_related("dealer")
    car = rows.filter(pk=listing_id).first() if 0 < listing_id < 2**63 else None
    if car is None:
        raise ListingNotFound(ListingNotFound.words)
    if car.dealer.reservations == OFF:
        raise NotReservable("This dealer takes no reservations here: send an enquiry instead.")
    return car


def refuse_taken(car: Listing) -> None:
    """Raise `NotReservable` where somebody has asked for a car, or it cannot be reserved."""
    if _is_asked_for(car):
        raise NotReservable("Somebody else has asked to reserve this car.")
    if Action.RESERVE not in allowed_actions(car):
        raise NotReservable("This car is reserved already, or is not for sale.")


def outcome(reservation: Reservation) -> Standing | None:
    """Return how a reservation has ended; None while it stands."""
    listing, now = reservation.listing, timezone.now()
    is_asked = reservation.standing == Standing.ASKED
    end = reservation.answer_by if is_asked else reservation.held_until
    if not reservation.record.is_in_force:
        return Standing.CANCELLED
    if listing is not None and listing.status == Status.SOLD:
        return Standing.SOLD
    if end is not None and end <= now:
        return Standing.LAPSED
    is_live = listing is not None and listing.status == Status.LIVE
    return None if is_live and _stands(reservation, now) else Standing.ENDED


def _is_asked_for(car: Listing) -> bool:
    """Whether somebody has asked for the car, or has it."""
    return Reservation.objects.active().filter(listing=car).exists()


def _stands(reservation: Reservation, now: datetime) -> bool:
    """Whether the advert is free for what is asked, or reserved for what is held."""
    until = reservation.listing.reserved_until if reservation.listing else None
    if reservation.standing == Standing.HELD:
        return until == reservation.held_until
    return until is None or until <= now
