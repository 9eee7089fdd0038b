"""The port by which a marketplace may ask a deposit for a reservation; without one it is free.

`DEPOSITS` names the factory of an adapter. Where there is one, a request waits for its deposit:
whoever hears from the provider calls `reservations.deposit_paid`. What was paid is given back when
the reservation ends in any way but the sale of the car.
"""

from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from listings.models import Reservation


class Deposits(Protocol):
    """A provider of payments. Amounts are whole pounds; calls raise `ServiceAway` to be retried."""

    def ask(self, reservation: Reservation) -> str:
        """Begin a payment, and return the address of the page where the buyer pays it.

        The same reservation asked again has the same payment.
        """

    def give_back(self, reservation: Reservation) -> None:
        """Return what was paid, whole; a second time does nothing."""


def deposits() -> Deposits | None:
    """Return the adapter that the settings name; None where reservations are free."""
    if not settings.DEPOSITS:
        return None
    adapter: Deposits = import_string(settings.DEPOSITS)()
    return adapter


@transaction.atomic
def give_back(*, reservation_id: int) -> bool:
    """Have a paid deposit given back; return whether it was now. Raises `ServiceAway`."""
    rows = Reservation.objects.select_for_update()
    paid = rows.filter(pk=reservation_id, deposit=Reservation.DepositState.PAID).first()
    adapter = deposits()
    if paid is None or adapter is None:
        return False
    adapter.give_back(paid)
    paid.deposit = Reservation.DepositState.RETURNED
    paid.save(update_fields=["deposit"])
    return True
