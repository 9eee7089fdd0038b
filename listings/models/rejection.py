"""Rejections that a dealer has yet to be told of."""

from django.db import models
from django.db.models.functions import Now

from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing


class RejectionNotice(models.Model):
    """An advert that staff rejected, and why; deleted with the mail that says so."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now())

    objects = ListingRows["RejectionNotice"].as_manager()

    def __str__(self) -> str:
        return self.reason
