"""The first half of a postcode, and where it lies."""

from django.db import models
from django.db.models import Q

OUTCODE_SHAPE = r"^[A-Z]{1,2}[0-9][A-Z0-9]?$"


class Outcode(models.Model):
    """A postcode district such as LS1, with its centre. Rows come from `load_outcodes`."""

    code = models.CharField(max_length=4, unique=True)
    latitude = models.FloatField(help_text="Degrees north, WGS 84.")
    longitude = models.FloatField(help_text="Degrees east, WGS 84.")
    town = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=OUTCODE_SHAPE), name="outcode_is_well_formed"
            ),
            models.CheckConstraint(
                condition=Q(
                    latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180
                ),
                name="outcode_is_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.code
