"""The reservations that are there keep the rules too: a scan that locks nobody out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("listings", "0019_reservation_says_who_made_it")]

    operations = [
        ValidateConstraint("listing", "listing_reserved_by_is_known"),
        ValidateConstraint("listing", "reservation_says_who_made_it"),
    ]
