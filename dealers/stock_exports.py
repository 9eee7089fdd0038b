"""The audit log of files that took a dealer's stock away."""

from django.db import transaction

from dealers import audit
from dealers.models import AuditEvent
from dealers.permissions import Actor, Permission, require


@transaction.atomic
def record_stock_export(*, dealer_id: int, actor: Actor, adverts: int, chosen_by: str) -> None:
    """Write that so many adverts were exported, and by what they were chosen: never their marks.

    Raises `NotPermitted`.
    """
    require(Permission.EXPORT, dealer_id=dealer_id, actor=actor)
    count = f"{adverts:,} advert{'' if adverts == 1 else 's'}"
    audit.record(
        AuditEvent.AuditKind.STOCK_EXPORTED,
        actor=actor,
        dealer_id=dealer_id,
        subject=f"{count}: {chosen_by}",
    )
