"""Fields that a person wrote and feeds leave alone; who wrote, in the log."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0013_placement_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="locked_fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30),
                db_default=[],
                editable=False,
                help_text="Fields written by hand, which feeds leave alone.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="unlocked_at",
            field=models.DateTimeField(
                editable=False, help_text="When fields were last given back to feeds.", null=True
            ),
        ),
        migrations.AddField(
            model_name="listingevent",
            name="source",
            field=models.CharField(
                choices=[
                    ("person", "By hand"),
                    ("feed", "Stock feed"),
                    ("api", "Stock API"),
                    ("system", "The marketplace"),
                ],
                help_text="Who wrote; empty where it is not kept.",
                max_length=6,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="listingevent",
            name="kind",
            field=models.CharField(
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
                ],
                max_length=10,
            ),
        ),
    ]
