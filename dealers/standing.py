"""Whether a dealer may sell here: suspending hides all its stock at once, reinstating shows it.

A trigger gives the live adverts a new revision: what buyers see of them has changed.
"""

from django.db import transaction

from dealers.exceptions import AlreadyActive, AlreadySuspended, DealerNotFound
from dealers.models import Dealer


def suspend_dealer(*, dealer_id: int) -> Dealer:
    """Hide everything of a dealer; raises `DealerNotFound` and `AlreadySuspended`."""
    return _set_active(dealer_id, is_active=False)


def reinstate_dealer(*, dealer_id: int) -> Dealer:
    """Show what a suspended dealer has live; raises `DealerNotFound` and `AlreadyActive`."""
    return _set_active(dealer_id, is_active=True)


@transaction.atomic
def _set_active(dealer_id: int, *, is_active: bool) -> Dealer:
    changed = Dealer.objects.filter(pk=dealer_id, is_active=not is_active)
    written = changed.update(is_active=is_active)
    dealer = Dealer.objects.filter(pk=dealer_id).first()
    if dealer is None:
        raise DealerNotFound("There is no such dealer.")
    if not written:
        if is_active:
            raise AlreadyActive("The dealer is not suspended.")
        raise AlreadySuspended("The dealer is suspended already.")
    return dealer
