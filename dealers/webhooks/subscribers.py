"""Who listens now: of which dealers, and of all of them, something is told at all."""

from dataclasses import dataclass
from typing import Self

from django.db.models import Exists, OuterRef, Q

from dealers.models import WebhookAudience, WebhookEndpoint


@dataclass(frozen=True)
class Subscribers:
    """`dealer_ids` are those who listen to what is their own; the others listen to all."""

    dealer_ids: frozenset[int]
    has_mirror: bool
    has_staff: bool

    @classmethod
    def now(cls) -> Self:
        """Read them; those that are switched off count, as their time is sent again one day."""
        found = set(WebhookEndpoint.objects.order_by().values_list("audience", "dealer").distinct())
        audiences = {audience for audience, _ in found}
        return cls(
            dealer_ids=frozenset(dealer for _, dealer in found if dealer is not None),
            has_mirror=WebhookAudience.MIRROR in audiences,
            has_staff=WebhookAudience.STAFF in audiences,
        )


def listened_to(dealer: str) -> Q:
    """Return the condition that somebody listens to the dealer at the end of a lookup's path."""
    endpoints = WebhookEndpoint.objects.filter(dealer=OuterRef(dealer))
    return Q(Exists(endpoints)) | Q(Exists(WebhookEndpoint.objects.of_marketplace()))
