"""Dealers and the places they sell from."""

from datetime import timedelta
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dealers.hours import validate_hours
from listings.models import DealerRows
from listings.models.reservation import TERM_MAX

RESERVATION_HOURS_MAX = TERM_MAX // timedelta(hours=1)


class DealerQuerySet(DealerRows["Dealer"]):
    dealer_path = "pk"

    def active(self) -> Self:
        """Dealers that may sell: those that are not suspended."""
        return self.filter(is_active=True)

    def public(self) -> Self:
        """Dealers that buyers are shown: neither suspended nor a sandbox."""
        return self.active().filter(is_sandbox=False)

    def visible_to(self, user: PermissionsMixin | AnonymousUser) -> Self:
        """Dealers this person works for; all of them for staff."""
        if not getattr(user, "is_active", False):
            return self.none()
        if getattr(user, "is_staff", False):
            return self
        return self.filter(memberships__user=user)


class Dealer(models.Model):
    """A business that sells cars. Nothing of a suspended one, or of a sandbox, is public.

    `is_active` is false while it is suspended, and writes nothing. A sandbox writes as any dealer
    does: systems are built and tried with it.
    """

    class Reservations(models.TextChoices):
        OFF = "off", "Buyers cannot ask"
        ASK = "ask", "Held once we have said yes"
        NOW = "now", "Held at once"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    email = models.EmailField("e-mail for notices", help_text="Expiry reminders go here.")
    enquiry_email = models.EmailField(
        "e-mail for enquiries",
        blank=True,
        db_default="",
        help_text="Where a branch names none; empty: where notices go. Buyers may see it.",
    )
    crm_email = models.EmailField(
        "e-mail of the CRM",
        blank=True,
        db_default="",
        help_text="Gets each enquiry as ADF 1.0 XML, where a branch names none.",
    )
    phone = models.CharField(max_length=30, blank=True)
    website = models.URLField(blank=True)
    reservations = models.CharField(
        max_length=3,
        choices=Reservations,
        default=Reservations.OFF,
        db_default="off",
        help_text="Whether buyers may ask you to hold a car.",
    )
    reservation_hours = models.PositiveSmallIntegerField(
        default=48,
        db_default=48,
        validators=[MinValueValidator(1), MaxValueValidator(RESERVATION_HOURS_MAX)],
        help_text="How long a car is held; a request is answered within as many.",
    )
    is_active = models.BooleanField(default=True, editable=False)
    is_sandbox = models.BooleanField(
        "sandbox", default=False, db_default=False, editable=False, help_text="Hidden from buyers."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    waiting_told_at = models.DateTimeField(
        null=True, editable=False, help_text="When a mail last told what waits for an answer."
    )

    holds_accounts: ClassVar = True  # people who sign in and trade; buyers' mentions are elsewhere

    objects = DealerQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        permissions = (("enter_panel", "Can work in a dealer's panel"),)

    def __str__(self) -> str:
        return self.name

    @property
    def hidden_as(self) -> str:
        """What hides it from buyers, in words; empty where nothing does."""
        if not self.is_active:
            return "suspended"
        return "sandbox: not shown to buyers" if self.is_sandbox else ""


class Branch(models.Model):
    """A place where a dealer's cars stand."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="branches")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=8, help_text="Such as LS1 4AP.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north, WGS 84.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east, WGS 84.")
    phone = models.CharField(max_length=30, blank=True)
    enquiry_email = models.EmailField(
        "e-mail for enquiries",
        blank=True,
        db_default="",
        help_text="Enquiries about cars of this branch go here; empty: to the dealer. "
        "Buyers may see it.",
    )
    crm_email = models.EmailField(
        "e-mail of the CRM",
        blank=True,
        db_default="",
        help_text="Gets each enquiry as ADF 1.0 XML too; empty: as the dealer has it.",
    )
    opening_hours = models.JSONField(
        null=True,
        blank=True,
        validators=[validate_hours],
        help_text="Leave a day empty where it is closed, and all of them where that is not known.",
    )

    objects = DealerRows["Branch"].as_manager()

    holds_accounts: ClassVar = True  # people who sign in and trade; buyers' mentions are elsewhere

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "branches"
        constraints = (
            models.UniqueConstraint(fields=("dealer", "name"), name="branch_name_is_unique"),
            # The target of the listing's foreign key that keeps branch and dealer in agreement.
            models.UniqueConstraint(fields=("id", "dealer"), name="branch_has_one_dealer"),
            models.CheckConstraint(
                condition=Q(
                    latitude__isnull=False,
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__isnull=False,
                    longitude__gte=-180,
                    longitude__lte=180,
                )
                | Q(latitude__isnull=True, longitude__isnull=True),
                name="branch_position_is_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.name
