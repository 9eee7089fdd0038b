"""Invitations to a dealer's team."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now

from dealers.models.dealer import Dealer
from dealers.models.people import Membership
from listings.models import DealerRows


class InvitationQuerySet(DealerRows["Invitation"]):
    def open(self) -> Self:
        return self.filter(expires_at__gt=Now())


class Invitation(models.Model):
    """Somebody asked to join a team, until they do, are asked no more, or it is too late.

    Only the hash of the mailed link's token is kept. The mail is written by a task, which makes
    the token: until it is handed over there is neither `token_hash` nor `sent_at`.
    """

    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address")
    role = models.CharField(max_length=8, choices=Membership.Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Whose right to invite it stands on; empty for the system's own.",
    )
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    holds_accounts: ClassVar = True  # people who sign in and trade; buyers' mentions are elsewhere

    class Meta:
        ordering = ("email",)
        constraints = (
            models.UniqueConstraint(
                "dealer", Lower("email"), name="one_invitation_per_dealer_and_address"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=("owner", "manager", "sales")),
                name="invitation_role_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.email
