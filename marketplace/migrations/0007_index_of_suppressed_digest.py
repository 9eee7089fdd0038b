"""Each mail looks its address up by its digests."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("marketplace", "0006_suppressed_digest")]
    operations = [
        AddIndexConcurrently(
            "suppressedaddress",
            models.Index(
                fields=["digest"],
                condition=models.Q(("digest", ""), _negated=True),
                name="suppressed_digest",
            ),
        )
    ]
