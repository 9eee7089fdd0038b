"""Who wants the weekly mail about a dealer's stock."""

from django.db import models
from django.db.models.functions import Now

from dealers.models.people import Membership
from listings.models import DealerRows


class WeeklyMails(DealerRows["WeeklyMail"]):
    dealer_path = "membership__dealer"


class WeeklyMail(models.Model):
    """That somebody wants it, and when the last was sent; without a row nobody asked for it.

    `figures` are what the last mail told, for the next to say what changed. Asking for it counts as
    having been told: the first mail comes on the next Monday.
    """

    membership = models.OneToOneField(
        Membership, models.CASCADE, primary_key=True, related_name="weekly_mail"
    )
    told_at = models.DateTimeField(db_default=Now())
    figures = models.JSONField(default=dict)

    objects = WeeklyMails.as_manager()

    def __str__(self) -> str:
        return f"Weekly mail to {self.membership}"
