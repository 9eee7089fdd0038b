"""Cars that values are learnt from and compared with, beside the adverts themselves."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from listings.choices import BodyType, Drivetrain, Fuel, Transmission, WriteOff
from listings.models.catalogue import Model
from listings.models.value import MarketFit


class MarketCars(models.Model):
    """The cars of one model that the current market compares a car with, as of its fit.

    `content` is what `listings.pricing.value.market_cars` packs: adverts and asking prices alike,
    so that a car is valued by the same neighbours all day, whatever has been sold since.
    """

    model = models.OneToOneField(
        Model, models.CASCADE, primary_key=True, related_name="market_cars"
    )
    fit = models.ForeignKey(MarketFit, models.CASCADE, related_name="+", db_index=False)
    content = models.BinaryField()

    class Meta:
        verbose_name_plural = "market cars"

    def __str__(self) -> str:
        return f"Cars of model {self.model_id}"


class AskingPriceTable(models.Model):
    """A table of asking prices from elsewhere, which tells of the market until adverts do."""

    name = models.CharField(max_length=60, unique=True)
    dated_on = models.DateField(help_text="The day the prices were asked.")
    loaded_at = models.DateTimeField(db_default=Now())
    rows = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(
        default=0, help_text="Rows of models that the catalogue does not know."
    )

    def __str__(self) -> str:
        return f"{self.name} of {self.dated_on}"


class AskingPrice(models.Model):
    """One row of such a table."""

    table = models.ForeignKey(
        AskingPriceTable, models.CASCADE, related_name="asking_prices", db_index=False
    )
    line = models.PositiveIntegerField(help_text="Of the file.")
    model = models.ForeignKey(Model, models.CASCADE, related_name="asking_prices")
    derivative = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField()
    mileage = models.PositiveIntegerField(help_text="Miles.")
    price = models.PositiveIntegerField(help_text="Whole pounds.")
    listed_on = models.DateField(null=True, help_text="Empty: the day of the table.")
    fuel = models.CharField(max_length=16, choices=Fuel, null=True)
    transmission = models.CharField(max_length=12, choices=Transmission, null=True)
    body_type = models.CharField(max_length=12, choices=BodyType, null=True)
    drivetrain = models.CharField(max_length=12, choices=Drivetrain, null=True)
    write_off = models.CharField(max_length=1, choices=WriteOff, null=True)
    doors = models.PositiveSmallIntegerField(null=True)
    engine_cc = models.PositiveIntegerField(null=True)
    power_bhp = models.PositiveSmallIntegerField(null=True)
    owners = models.PositiveSmallIntegerField(null=True)
    mpg = models.FloatField(null=True)
    tax = models.PositiveSmallIntegerField(null=True, help_text="Pounds a year.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("table", "line"), name="asking_price_is_a_line"),
            models.CheckConstraint(
                condition=Q(price__gt=0, year__range=(1900, 2100)),
                name="asking_price_is_plausible",
            ),
        )

    def __str__(self) -> str:
        return f"Line {self.line}: £{self.price}"
