"""What people of a dealer set going in the panel, and the views of the stock that they keep."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dealers.models.dealer import Dealer
from listings.models import DealerRows, Listing


class BulkRun(models.Model):
    """Something done to many adverts, one row for each: it goes on where it was interrupted."""

    class Act(models.TextChoices):
        PUBLISH = "publish", "Publish"
        RENEW = "renew", "Renew"
        RELEASE = "release", "Release the reservation"
        SELL = "sell", "Mark sold"
        WITHDRAW = "withdraw", "Withdraw"
        PRICE = "price", "Change price"
        PLAN = "plan", "Start a price plan"
        UNPLAN = "unplan", "Stop the price plan"
        MOVE = "move", "Move to a branch"
        UNDO = "undo", "Undo"

    ORIGIN = "bulk_run:"

    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="bulk_runs", db_index=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    act = models.CharField(max_length=8, choices=Act)
    terms = models.JSONField(null=True, help_text="What the act needs to know; null until stated.")
    created_at = models.DateTimeField(db_default=Now())
    stopped_at = models.DateTimeField(null=True)

    objects = DealerRows["BulkRun"].as_manager()

    class Meta:
        indexes = (models.Index(fields=("dealer", "created_at"), name="bulk_run_of_dealer"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    act__in=(
                        "publish",
                        "renew",
                        "release",
                        "sell",
                        "withdraw",
                        "price",
                        "plan",
                        "unplan",
                        "move",
                        "undo",
                    )
                ),
                name="bulk_run_act_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.get_act_display()

    @property
    def origin(self) -> str:
        """What the change sets of a run say that they are part of."""
        return f"{self.ORIGIN}{self.pk}"


class BulkRowQuerySet(DealerRows["BulkRow"]):
    dealer_path = "run__dealer"


class BulkRow(models.Model):
    """One advert of a run: waiting while `is_done` is null, else done or refused, and how."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows", db_index=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    is_done = models.BooleanField(null=True)
    said = models.CharField(max_length=500, blank=True)

    objects = BulkRowQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "listing"), name="one_row_per_run_and_listing"),
        )

    def __str__(self) -> str:
        return self.said


class SavedView(models.Model):
    """Filters and an order of the stock table that a person keeps under a name."""

    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1_000, blank=True)
    position = models.PositiveSmallIntegerField(db_default=0, help_text="Among the person's own.")
    opens_stock = models.BooleanField(
        db_default=False, help_text="Stock opens with it; one of a person's views at most."
    )

    objects = DealerRows["SavedView"].as_manager()

    class Meta:
        ordering = ("position", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("dealer", "user", "name"), name="saved_view_name_is_unique"
            ),
        )

    def __str__(self) -> str:
        return self.name
