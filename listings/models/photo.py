"""Photographs of the car."""

from django.db import models
from django.db.models.functions import Now

from listings.models.listing import Listing


class Photo(models.Model):
    """An uploaded photograph; position 0 is the cover."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="photos", db_index=False)
    image = models.ImageField(upload_to="photos/%Y/%m/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False, help_text="Pixels.")
    height = models.PositiveIntegerField(editable=False, help_text="Pixels.")
    position = models.PositiveSmallIntegerField()
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("listing", "position"),
                deferrable=models.Deferrable.DEFERRED,
                name="photo_position_is_unique_in_listing",
            ),
        )

    def __str__(self) -> str:
        return f"Photo {self.position + 1}"
