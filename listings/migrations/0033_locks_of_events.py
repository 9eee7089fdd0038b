"""Keep which fields a write locked, so that undoing it gives them back to the feeds."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0032_index_of_unread_texts")]

    operations = [
        migrations.AddField(
            "listingevent",
            "locked",
            ArrayField(
                models.CharField(max_length=30),
                null=True,
                help_text="Fields that feeds leave alone since this write, and did not before.",
            ),
        ),
        migrations.AlterField(
            "listingevent",
            "kind",
            models.CharField(
                choices=[
                    ("created", "Created"),
                    ("edited", "Edited"),
                    ("published", "Published"),
                    ("renewed", "Renewed"),
                    ("reserved", "Reserved"),
                    ("released", "Released"),
                    ("sold", "Sold"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Expired"),
                    ("rejected", "Rejected"),
                    ("reopened", "Reopened"),
                    ("planned", "Price plan set"),
                    ("unplanned", "Price plan stopped"),
                    ("unlocked", "Fields unlocked"),
                    ("undone", "Undone"),
                ],
                max_length=10,
            ),
        ),
    ]
