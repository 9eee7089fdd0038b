"""The advert: one used car for sale."""

from datetime import timedelta
from typing import Self

from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    EuroStandard,
    Fuel,
    ReservationSide,
    ServiceHistory,
    Status,
    Transmission,
    Ulez,
    VatScheme,
    WriteOff,
)
from listings.models import conditions
from listings.models.catalogue import Make, Model
from listings.models.dealer_rows import DealerRows
from listings.models.fields import TransactionIdField
from listings.models.rules import LISTING_CONSTRAINTS, LISTING_INDEXES, ulez_from_emissions


class ListingQuerySet(DealerRows["Listing"]):
    """The only place that spells out who may see which advert."""

    def public(self) -> Self:
        """Adverts that buyers can see now, whatever the sweeps have yet to do."""
        return self.filter(conditions.PUBLIC)

    def once_public(self) -> Self:
        """Adverts that buyers see or, of a dealer they are shown, saw until they ended."""
        return self.filter(conditions.ONCE_PUBLIC)

    def ended(self) -> Self:
        """Adverts that buyers could once see: sold, withdrawn or past their end."""
        return self.once_public().exclude(conditions.RUNNING)

    def live(self) -> Self:
        """Adverts whose status is live: past their end, and of dealers that are hidden, too."""
        return self.filter(conditions.LIVE)

    def running(self) -> Self:
        """Live adverts before their end, whether or not buyers are shown their dealer."""
        return self.filter(conditions.RUNNING)

    def of_market(self) -> Self:
        """Adverts of every dealer but sandboxes, whatever their status."""
        return self.filter(conditions.OF_MARKET)

    def in_status(self, *statuses: Status) -> Self:
        return self.filter(conditions.in_status(*statuses))

    def unsold(self) -> Self:
        return self.exclude(conditions.in_status(Status.SOLD))

    def visible_to(self, user: PermissionsMixin | AnonymousUser) -> Self:
        """Adverts that belong to the dealers this person works for; all of them for staff."""
        if not getattr(user, "is_active", False):
            return self.none()
        if getattr(user, "is_staff", False):
            return self
        return self.filter(dealer__memberships__user=user)

    def with_card(self) -> Self:
        """Join what an advert's card shows: make, model, dealer and branch."""
        return self.select_related("make", "model", "dealer", "branch")

    def reserved(self) -> Self:
        return self.filter(conditions.RESERVED)

    def overdue_reservations(self) -> Self:
        return self.filter(conditions.RESERVATION_OVER)

    def due_to_expire(self) -> Self:
        return self.filter(conditions.RUN_OUT)


class Listing(models.Model):
    """An advert, its car and its place in the life of an advert.

    `dealer` repeats the branch's dealer, so that the database can keep the rules that hold per
    dealer; a foreign key over both columns keeps the two in agreement. `title`, `revision`,
    `previous_price` and the price history are written by triggers, `ulez` is generated.
    """

    branch = models.ForeignKey(
        "dealers.Branch", models.PROTECT, related_name="listings", db_constraint=False
    )
    dealer = models.ForeignKey(
        "dealers.Dealer",
        models.PROTECT,
        related_name="listings",
        db_index=False,
        db_constraint=False,
    )
    stock_ref = models.CharField("stock reference", max_length=64, null=True, blank=True)

    make = models.ForeignKey(
        Make, models.PROTECT, related_name="listings", db_index=False, db_constraint=False
    )
    model = models.ForeignKey(
        Model, models.PROTECT, related_name="listings", db_index=False, db_constraint=False
    )
    derivative = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=350, editable=False, blank=True, db_default="")
    year = models.PositiveSmallIntegerField()
    mileage = models.PositiveIntegerField(help_text="Miles.")
    price = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Whole pounds the buyer pays, compulsory fees included. "
        "Empty: price on application.",
    )
    admin_fee = models.PositiveIntegerField(
        null=True, blank=True, help_text="The part of the price that is a fee."
    )
    previous_price = models.PositiveIntegerField(
        null=True,
        editable=False,
        help_text="Whole pounds that buyers saw it cost before, for long enough; null where the "
        "price is not reduced.",
    )
    lowest_price_30_days = models.PositiveIntegerField(
        null=True,
        editable=False,
        help_text="Whole pounds: the lowest price that buyers saw in the last 30 days, this one "
        "included; null where they saw none.",
    )
    lowest_price_ends_at = models.DateTimeField(
        null=True, editable=False, help_text="Empty while buyers see the lowest price."
    )
    established_price = models.PositiveIntegerField(
        null=True, editable=False, help_text="The last price that buyers saw for long enough."
    )
    price_shown_at = models.DateTimeField(
        null=True, editable=False, help_text="Empty where buyers never saw the price."
    )
    price_hidden_at = models.DateTimeField(
        null=True, editable=False, help_text="When buyers last saw the advert, if not now."
    )
    price_seen_for = models.DurationField(
        db_default=timedelta(), editable=False, help_text="Before it was last shown."
    )
    vat_scheme = models.CharField(max_length=12, choices=VatScheme, null=True, blank=True)

    fuel = models.CharField(max_length=16, choices=Fuel, null=True, blank=True)
    transmission = models.CharField(max_length=12, choices=Transmission, null=True, blank=True)
    doors = models.PositiveSmallIntegerField(null=True, blank=True)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    body_type = models.CharField(max_length=12, choices=BodyType, null=True, blank=True)
    colour = models.CharField(max_length=12, choices=Colour, null=True, blank=True)
    drivetrain = models.CharField(max_length=12, choices=Drivetrain, null=True, blank=True)
    engine_cc = models.PositiveIntegerField("engine size (cc)", null=True, blank=True)
    power_bhp = models.PositiveSmallIntegerField("power (bhp)", null=True, blank=True)
    co2_g_km = models.PositiveSmallIntegerField("CO₂ (g/km)", null=True, blank=True)
    mpg = models.DecimalField(
        "miles per gallon", max_digits=5, decimal_places=1, null=True, blank=True
    )
    battery_kwh = models.DecimalField(
        "battery (kWh)", max_digits=5, decimal_places=1, null=True, blank=True
    )
    electric_range_miles = models.PositiveSmallIntegerField(null=True, blank=True)
    euro_standard = models.PositiveSmallIntegerField(choices=EuroStandard, null=True, blank=True)
    ulez = models.GeneratedField(
        expression=ulez_from_emissions(),
        output_field=models.CharField(max_length=8, choices=Ulez),
        db_persist=True,
    )

    owners = models.PositiveSmallIntegerField("previous owners", null=True, blank=True)
    service_history = models.CharField(max_length=12, choices=ServiceHistory, null=True, blank=True)
    mot_expires_on = models.DateField("MOT expires on", null=True, blank=True)
    first_registered_on = models.DateField(null=True, blank=True)
    write_off = models.CharField(
        "write-off category", max_length=1, choices=WriteOff, null=True, blank=True
    )
    vrm = models.CharField("registration mark", max_length=7, null=True, blank=True)
    vin = models.CharField("VIN", max_length=17, null=True, blank=True)
    description = models.TextField(blank=True, max_length=20_000)
    features = ArrayField(models.CharField(max_length=120), default=list, blank=True, size=200)
    equipment = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="A bit for each of `Equipment` that the advert's texts say the car has; null "
        "where they have not been read.",
    )

    locked_fields = ArrayField(
        models.CharField(max_length=30),
        db_default=[],
        editable=False,
        help_text="Fields written by hand, which feeds leave alone.",
    )
    unlocked_at = models.DateTimeField(
        null=True, editable=False, help_text="When fields were last given back to feeds."
    )

    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    reserved_until = models.DateTimeField(null=True, editable=False)
    reserved_by = models.CharField(
        max_length=6,
        choices=ReservationSide,
        null=True,
        editable=False,
        help_text="Who reserved the car; set exactly while it is reserved.",
    )
    sold_at = models.DateTimeField(null=True, editable=False)
    revision = TransactionIdField()

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "advert"
        constraints = LISTING_CONSTRAINTS
        indexes = LISTING_INDEXES

    def __str__(self) -> str:
        return self.title
