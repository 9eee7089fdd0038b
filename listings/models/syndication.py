"""Links by which others read stock."""

from django.db import models
from django.db.models.functions import Now

from listings.models.dealer_rows import DealerRows


class SyndicationLink(models.Model):
    """Leave to read a dealer's public stock, or all of it, in one format.

    The address is signed over the row's id and `rotation`, which makes every earlier one void.
    """

    dealer = models.ForeignKey(
        "dealers.Dealer", models.CASCADE, null=True, related_name="syndication_links"
    )
    form = models.CharField("format", max_length=20)
    rotation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, help_text="To the minute.")

    objects = DealerRows["SyndicationLink"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("dealer", "form"),
                nulls_distinct=False,
                name="one_syndication_link_of_a_format",
            ),
        )

    def __str__(self) -> str:
        return self.form
