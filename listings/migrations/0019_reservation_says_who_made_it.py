"""A reservation without a side, or a side without a reservation, is refused from now on."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("listings", "0018_reservations_so_far")]

    operations = [
        AddConstraintNotValid(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=Q(reserved_by__in=["feed", "person", "buyer"]),
                name="listing_reserved_by_is_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=Q(reserved_by__isnull=True, reserved_until__isnull=True)
                | Q(reserved_by__isnull=False, reserved_until__isnull=False),
                name="reservation_says_who_made_it",
            ),
        ),
    ]
