"""Digests in the place of marks and VINs of adverts that ended long ago."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0042_privacy")]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[("vrm", "Registration mark"), ("vin", "VIN")], max_length=3
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "forgotten_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_names",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("listing", "name"), name="car_has_a_former_name_once"
                    )
                ],
                "indexes": [
                    models.Index(fields=["digest"], name="former_name_by_digest"),
                    models.Index(fields=["forgotten_at"], name="former_name_oldest"),
                ],
            },
        ),
    ]
