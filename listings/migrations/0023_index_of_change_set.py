"""Find what a call wrote."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0022_event_of_change_set")]

    operations = [
        AddIndexConcurrently(
            "listingevent",
            models.Index(
                condition=models.Q(change_set__isnull=False),
                fields=["change_set"],
                name="event_of_change_set",
            ),
        ),
    ]
