"""Find adverts whose texts have not been read for what the car has."""

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0030_words_of_texts")]

    operations = [
        AddIndexConcurrently(
            "listing",
            BTreeIndex("id", condition=Q(equipment__isnull=True), name="listing_with_unread_texts"),
        ),
    ]
