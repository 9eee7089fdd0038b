"""Which reminders a dealer has been sent."""

from django.db import models

from listings.models import Listing, ListingRows
from marketplace.london_time import in_london


class ExpiryNotice(models.Model):
    """A reminder that an advert is about to run out: one for each end and lead time.

    `sent_at` is when its mail was handed over, or its address refused for good.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    days_before = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(null=True)

    objects = ListingRows["ExpiryNotice"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("listing", "expires_at", "days_before"),
                name="one_notice_per_end_and_lead_time",
            ),
        )
        indexes = (
            models.Index(
                fields=("id",), condition=models.Q(sent_at__isnull=True), name="notice_unsent"
            ),
        )

    def __str__(self) -> str:
        return f"{self.days_before} days before {in_london(self.expires_at):%Y-%m-%d}"
