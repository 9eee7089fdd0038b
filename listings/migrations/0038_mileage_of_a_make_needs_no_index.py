"""A make's adverts by mileage are read from the index of all by mileage, or sorted."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0037_audience")]
    operations = [RemoveIndexConcurrently("listing", "live_make_by_mileage")]
