"""The log of who changed a team, its keys and the ways to sign in."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dealers.models.dealer import Dealer
from dealers.models.people import Membership
from listings.models import DealerRows


class AuditEventQuerySet(DealerRows["AuditEvent"]):
    def for_dealer(self, dealer_id: int | models.OuterRef) -> Self:
        """What concerns a dealer: its own events, and how those who work for it sign in.

        What a member did as one of the staff is nobody's at the dealer: it names a subject.
        """
        team = Membership.objects.for_dealer(dealer_id).values("user_id")
        personal = Q(dealer=None, subject="", kind__in=_PERSONAL, actor_id__in=team)
        return self.filter(Q(dealer_id=dealer_id) | personal)

    def with_names(self) -> Self:
        return self.select_related("actor", "dealer")


class AuditEvent(models.Model):
    """One change. A trigger refuses to change rows, and to delete any but those past their time.

    `actor` and `dealer` are no foreign keys to the database: the log outlives whom it names.
    `address` is the network somebody signed in from, or a refused key was used from, never the
    whole address.
    """

    class AuditKind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        LOCKED_OUT = "locked_out", "Locked out after wrong passwords"
        SIGN_IN_FAILED = "sign_in_failed", "Failed to sign in"
        SIGN_IN_SLOWED = "sign_in_slowed", "Slowed down after many failed sign-ins"
        LOCK_LIFTED = "lock_lifted", "Failed sign-ins forgotten by staff"
        PASSWORD_RESET_SENT = "password_reset_sent", "Password reset sent"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        PASSWORD_SET_BY_STAFF = "password_set_by_staff", "Password set by staff"
        SESSION_ENDED = "session_ended", "Session ended"
        SECOND_FACTOR_ON = "second_factor_on", "Second factor switched on"
        SECOND_FACTOR_OFF = "second_factor_off", "Second factor switched off"
        FACTOR_ADDED = "factor_added", "Another second factor added"
        FACTOR_REMOVED = "factor_removed", "One of several second factors removed"
        RECOVERY_CODES_MADE = "recovery_codes_made", "New recovery codes"
        RECOVERY_CODE_USED = "recovery_code_used", "Signed in by a recovery code"
        INVITED = "invited", "Invited"
        INVITATION_WITHDRAWN = "invitation_withdrawn", "Invitation withdrawn"
        JOINED = "joined", "Joined the team"
        ROLE_CHANGED = "role_changed", "Role changed"
        REMOVED = "removed", "Removed from the team"
        LEFT = "left", "Left the team"
        KEY_CREATED = "key_created", "API key created"
        KEY_REVOKED = "key_revoked", "API key revoked"
        KEY_REFUSED = "key_refused", "API key refused"
        WEBHOOK_CHANGED = "webhook_changed", "Webhook changed"
        BRANCH_CHANGED = "branch_changed", "Branch changed"
        DEALER_CHANGED = "dealer_changed", "Dealer changed"
        USER_CHANGED = "user_changed", "Person changed"
        BULK_CHANGED = "bulk_changed", "Many adverts changed"
        STOCK_EXPORTED = "stock_exported", "Stock exported"
        SUSPENDED = "suspended", "Dealer suspended"
        REINSTATED = "reinstated", "Dealer reinstated"
        STAFF_ENTERED = "staff_entered", "Staff opened the panel"
        STAFF_POSTED = "staff_posted", "Staff worked in the panel"
        STAFF_LEFT = "staff_left", "Staff left the panel"
        PERSON_ERASED = "person_erased", "What a person left was erased"
        RECORD_KEPT = "record_kept", "A person's record is kept for a reason"
        RECORD_RELEASED = "record_released", "A person's record is kept no longer"

    class ActedAs(models.TextChoices):
        PERSON = "person", "A person of the dealer"
        STAFF = "staff", "Staff"
        KEY = "key", "API key"
        SYSTEM = "system", "The system"

    dealer = models.ForeignKey(
        Dealer, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    source = models.CharField(
        "as",
        max_length=6,
        choices=ActedAs,
        blank=True,
        db_default="",
        help_text="As what they acted; empty in events from before this was kept.",
    )
    kind = models.CharField(max_length=24, choices=AuditKind)
    subject = models.CharField("what", max_length=200, blank=True)
    changes = models.JSONField(null=True, help_text="Fields, each with its value before and after.")
    reason = models.CharField(max_length=500, blank=True)
    address = models.CharField("from", max_length=50, blank=True)
    happened_at = models.DateTimeField("when", db_default=Now())

    objects = AuditEventQuerySet.as_manager()

    holds_accounts: ClassVar = True  # people who sign in and trade; buyers' mentions are elsewhere

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("dealer", "id"), name="audit_of_dealer"),
            models.Index(fields=("actor", "id"), name="audit_of_person"),
            models.Index(fields=("happened_at",), name="audit_oldest"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


_PERSONAL = (
    AuditEvent.AuditKind.SIGNED_IN,
    AuditEvent.AuditKind.LOCKED_OUT,
    AuditEvent.AuditKind.SIGN_IN_FAILED,
    AuditEvent.AuditKind.SIGN_IN_SLOWED,
    AuditEvent.AuditKind.PASSWORD_RESET_SENT,
    AuditEvent.AuditKind.PASSWORD_CHANGED,
    AuditEvent.AuditKind.SESSION_ENDED,
    AuditEvent.AuditKind.SECOND_FACTOR_ON,
    AuditEvent.AuditKind.SECOND_FACTOR_OFF,
    AuditEvent.AuditKind.FACTOR_ADDED,
    AuditEvent.AuditKind.FACTOR_REMOVED,
    AuditEvent.AuditKind.RECOVERY_CODES_MADE,
    AuditEvent.AuditKind.RECOVERY_CODE_USED,
)
