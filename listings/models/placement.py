"""How often the block was seen and followed, by the place it stands in."""

from django.db import models


class PlacementDay(models.Model):
    """One day of one placement on one site: sums, and nothing about any reader."""

    day = models.DateField()
    origin = models.CharField(
        "site", max_length=200, help_text="Scheme and host; empty: not known."
    )
    placement = models.CharField(max_length=64, help_text="The name its site gave it.")
    views = models.PositiveIntegerField(default=0, help_text="Blocks that came into view.")
    clicks = models.PositiveIntegerField(default=0, help_text="Adverts opened.")
    alls = models.PositiveIntegerField("all deals", default=0, help_text="“View all” followed.")

    class Meta:
        ordering = ("-day", "origin", "placement")
        constraints = (
            models.UniqueConstraint(
                fields=("day", "origin", "placement"), name="placement_has_one_row_a_day"
            ),
        )
        verbose_name = "placement"
        verbose_name_plural = "placements of the block"

    def __str__(self) -> str:
        return f"{self.placement} on {self.origin or 'an unknown site'}, {self.day}"
