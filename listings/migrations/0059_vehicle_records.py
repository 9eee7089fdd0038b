"""What DVLA and DVSA answered about marks, for a while, and what that contradicts of adverts."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0058_index_of_photos_without_hash")]

    operations = [
        migrations.CreateModel(
            name="VehicleAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "register",
                    models.CharField(choices=[("dvla", "DVLA"), ("dvsa", "DVSA")], max_length=4),
                ),
                ("record", models.JSONField(null=True)),
                (
                    "answered_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), db_index=True
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("digest", "register"), name="a_register_answers_a_mark_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VehicleMismatch",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="vehicle_mismatch",
                        serialize=False,
                        to="listings.listing",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("findings", models.JSONField()),
                (
                    "found_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
    ]
