"""Keep the year in the index of a model's prices: usual prices are read from it alone."""

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0028_index_of_lowest_prices")]

    operations = [
        AddIndexConcurrently(
            "listing",
            BTreeIndex(
                fields=("model", "price", "id"),
                include=("year",),
                condition=Q(status="live"),
                name="live_model_by_price",
            ),
        ),
        RemoveIndexConcurrently("listing", "live_model_cheapest"),
    ]
