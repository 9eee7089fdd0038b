"""Find the photos that have no difference hash yet; empty once they have."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0057_difference_hash")]

    operations = [
        AddIndexConcurrently(
            "photo",
            models.Index(
                fields=("id",),
                condition=Q(difference_hash__isnull=True),
                name="photo_without_hash",
            ),
        ),
    ]
