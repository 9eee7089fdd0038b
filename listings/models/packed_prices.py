"""What an advert that ended had cost: a row in the place of its price changes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing


class PackedPrices(models.Model):
    """The last price of each day on which it changed, oldest first; null is price on application.

    Who changed it, why and at what hour is gone: what a market's value is worked out from stays.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="packed_prices"
    )
    days = ArrayField(models.DateField())
    prices = ArrayField(models.IntegerField(null=True))

    objects = ListingRows["PackedPrices"].as_manager()

    class Meta:
        verbose_name_plural = "packed prices"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(days__len=models.F("prices__len")),
                name="packed_days_have_a_price_each",
            ),
        )

    def __str__(self) -> str:
        return f"Prices of advert {self.listing_id}"
