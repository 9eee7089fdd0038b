"""Which saved searches have been told of which adverts."""

from django.db import models
from django.db.models.functions import Now


class AlertLedgerEntry(models.Model):
    """The saved searches that were told of an advert at one price.

    `searches` is a roaring bitmap of their ids, in its portable form: as rows, pairs would take
    forty times the room. There is no foreign key, so that an advert that is deleted meanwhile
    fails no batch.
    """

    listing_id = models.BigIntegerField()
    price = models.PositiveIntegerField(null=True)
    searches = models.BinaryField()
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("listing_id", "price"),
                nulls_distinct=False,
                name="one_ledger_entry_per_advert_and_price",
            ),
        )
        verbose_name_plural = "alert ledger entries"

    def __str__(self) -> str:
        return f"Advert {self.listing_id} at {'POA' if self.price is None else self.price}"
