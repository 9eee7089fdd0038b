"""What is left of the mark and VIN of a car whose advert ended long ago."""

from django.db import models
from django.db.models.functions import Now

from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing


class FormerName(models.Model):
    """A keyed digest of a mark or VIN: a car that comes back is recognised, and none can be read.

    It stands while the advert has no such name; whoever brings the name again gives it back.
    """

    class IdentityKind(models.TextChoices):
        VRM = "vrm", "Registration mark"
        VIN = "vin", "VIN"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=3, choices=IdentityKind)
    digest = models.CharField(max_length=64)
    forgotten_at = models.DateTimeField(db_default=Now())

    objects = ListingRows["FormerName"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("listing", "name"), name="car_has_a_former_name_once"),
        )
        indexes = (
            models.Index(fields=("digest",), name="former_name_by_digest"),
            models.Index(fields=("forgotten_at",), name="former_name_oldest"),
        )

    def __str__(self) -> str:
        return f"Former {self.name} of advert {self.listing_id}"
