"""Find adverts whose fields were given back to feeds."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0014_field_locks")]

    operations = [
        AddIndexConcurrently(
            "listing",
            django.contrib.postgres.indexes.BTreeIndex(
                models.F("dealer"),
                condition=models.Q(unlocked_at__isnull=False),
                name="listing_with_unlocked_fields",
            ),
        ),
    ]
