"""The index that pages of changes are read by, in place of the one of revisions alone."""

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0006_change_feed")]

    operations = [
        AddIndexConcurrently(
            "listing", BTreeIndex(fields=["revision", "id"], name="listing_changed_since")
        ),
        RemoveIndexConcurrently("listing", "listing_by_revision"),
    ]
