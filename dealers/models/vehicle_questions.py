"""How many marks were looked up for a dealer today."""

from django.db import models

from dealers.models.dealer import Dealer
from listings.models import DealerRows


class VehicleQuestionCount(models.Model):
    """Of one quota: how often the registers were asked on the last day (London's) they were."""

    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="+", db_index=False)
    quota = models.CharField(max_length=30)
    day = models.DateField()
    asked = models.PositiveIntegerField()

    objects = DealerRows["VehicleQuestionCount"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("dealer", "quota"), name="vehicle_questions_are_counted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked} on {self.day}"
