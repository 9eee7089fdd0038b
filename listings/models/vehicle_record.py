"""What DVLA and DVSA answered about marks, and where that contradicts adverts."""

from django.db import models
from django.db.models import Exists, Func, JSONField, OuterRef, Q, Value
from django.db.models.functions import JSONObject, Now

from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing

CHECKED_FIELDS = ("year", "fuel", "mileage")
"""What is checked of cars that nobody types: plain facts, on which buyers and values rest."""


class VehicleAnswer(models.Model):
    """A register's answer about one mark, which stands here as a keyed digest alone.

    `record` is a `VehicleRecord` as it tells itself, without the mark; null where the register
    knows no such car.
    """

    class RegisterName(models.TextChoices):
        DVLA = "dvla", "DVLA"
        DVSA = "dvsa", "DVSA"

    digest = models.CharField(max_length=64)
    register = models.CharField(max_length=4, choices=RegisterName)
    record = models.JSONField(null=True)
    answered_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("digest", "register"), name="a_register_answers_a_mark_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_register_display()}'s answer {self.pk}"


class VehicleMismatch(models.Model):
    """Where the registers contradicted an advert when a feed had written it.

    There is no row where they did not. `digest` stands for the mark that was asked about;
    `findings` are a `Mismatch` each, with the value that the advert had then: what has been
    changed since is not shown.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="vehicle_mismatch"
    )
    digest = models.CharField(max_length=64)
    findings = models.JSONField()
    found_at = models.DateTimeField(db_default=Now())

    objects = ListingRows["VehicleMismatch"].as_manager()

    def __str__(self) -> str:
        return f"Mismatch of advert {self.listing_id}"


def is_mismatched() -> Q:
    """Return the condition of adverts that still say what the registers contradict."""
    kept = VehicleMismatch.objects.filter(listing=OuterRef("pk"))
    still = Q()
    for name in CHECKED_FIELDS:
        finding = JSONObject(field=Value(name), stated=OuterRef(name))
        listed = Func(finding, function="jsonb_build_array", output_field=JSONField())
        still |= Q(findings__contains=listed)
    return Q(Exists(kept.filter(still)))
