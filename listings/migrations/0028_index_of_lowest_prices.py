"""Find adverts whose lowest price is about to be older than 30 days."""

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0027_prices_seen_before")]

    operations = [
        AddIndexConcurrently(
            "listing",
            BTreeIndex(
                "lowest_price_ends_at",
                condition=Q(lowest_price_ends_at__isnull=False),
                name="listing_lowest_price_ends",
            ),
        ),
    ]
