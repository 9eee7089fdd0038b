"""What a dealer's people decide about reservations, and what they say of a sale."""

from datetime import datetime

from django.db import transaction

from dealers import audit
from dealers.models import AuditEvent, Dealer
from dealers.models.dealer import RESERVATION_HOURS_MAX
from dealers.permissions import Actor, Permission, require
from listings.adverts import lifecycle
from listings.adverts.sales import SaleTerms, record_sale
from listings.buyers import reservations
from listings.buyers.ledger import Contact
from listings.exceptions import InvalidReservation, ListingNotFound, ReservationNotFound
from listings.models import Listing, Reservation


@transaction.atomic
def confirm_reservation(
    *, reservation_id: int, actor: Actor, until: datetime | None = None
) -> Reservation:
    """Hold a car for who asked; raises what `reservations.confirm` raises."""
    _require(reservation_id, actor)
    return reservations.confirm(reservation_id=reservation_id, actor_id=actor.user_id, until=until)


@transaction.atomic
def decline_reservation(*, reservation_id: int, actor: Actor, reason: str = "") -> Reservation:
    """Say no to who asked; raises what `reservations.decline` raises."""
    _require(reservation_id, actor)
    return reservations.decline(
        reservation_id=reservation_id, actor_id=actor.user_id, reason=reason
    )


@transaction.atomic
def extend_reservation(*, reservation_id: int, until: datetime, actor: Actor) -> Reservation:
    """Hold a car until another time; raises what `reservations.extend` raises."""
    _require(reservation_id, actor)
    return reservations.extend(reservation_id=reservation_id, actor_id=actor.user_id, until=until)


@transaction.atomic
def reserve_for_customer(
    *, listing_id: int, contact: Contact, until: datetime, note: str, actor: Actor
) -> Reservation:
    """Hold a car for a customer that the dealer knows; raises what `hold_for` raises."""
    _require_stock(listing_id, actor)
    return reservations.hold_for(
        listing_id=listing_id,
        contact=contact,
        until=until,
        note=note,
        actor_id=actor.user_id or 0,
    )


@transaction.atomic
def sell_listing(*, listing_id: int, terms: SaleTerms, actor: Actor) -> Listing:
    """Mark a car sold and keep how; raises what `lifecycle.sell` and `record_sale` raise."""
    _require_stock(listing_id, actor)
    sold = lifecycle.sell(listing_id=listing_id, actor_id=actor.user_id)
    record_sale(listing_id=listing_id, terms=terms, actor_id=actor.user_id)
    return sold


@transaction.atomic
def set_reservation_terms(*, dealer_id: int, reservations: str, hours: int, actor: Actor) -> Dealer:
    """Say whether buyers may ask to hold cars, and how long; raises `InvalidReservation`."""
    dealer = Dealer.objects.select_for_update(no_key=True).get(pk=dealer_id)
    require(Permission.EDIT_BRANCHES, dealer_id=dealer_id, actor=actor)
    faults = {}
    if reservations not in Dealer.Reservations.values:
        faults["reservations"] = ["There is no such rule."]
    if not 1 <= hours <= RESERVATION_HOURS_MAX:
        faults["hours"] = [f"From 1 to {RESERVATION_HOURS_MAX} hours."]
    if faults:
        raise InvalidReservation("These terms cannot be saved.", fields=faults)
    before = [dealer.reservations, dealer.reservation_hours]
    dealer.reservations, dealer.reservation_hours = reservations, hours
    dealer.save(update_fields=["reservations", "reservation_hours"])
    changes: dict[str, list[object]] = {
        "reservations": [before[0], reservations],
        "reservation_hours": [before[1], hours],
    }
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changed:
        kind = AuditEvent.AuditKind.DEALER_CHANGED
        audit.record(kind, actor=actor, dealer_id=dealer_id, subject=dealer.name, changes=changed)
    return dealer


def _require(reservation_id: int, actor: Actor) -> None:
    rows = Reservation.objects.filter(pk=reservation_id)
    dealer_id = rows.values_list("record__dealer_id", flat=True).first()
    if dealer_id is None:
        raise ReservationNotFound("There is no such reservation.")
    require(Permission.EDIT_STOCK, dealer_id=dealer_id, actor=actor)


def _require_stock(listing_id: int, actor: Actor) -> None:
    found = Listing.objects.filter(pk=listing_id).values_list("dealer_id", flat=True).first()
    if found is None:
        raise ListingNotFound(ListingNotFound.words)
    require(Permission.EDIT_STOCK, dealer_id=found, actor=actor)
