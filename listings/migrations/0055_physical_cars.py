"""Links between the adverts of one physical car, for a job to fill."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0054_seen_revision_of_values")]

    operations = [
        migrations.CreateModel(
            name="CarClue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "VIN"), (2, "Registration mark"), (3, "Photo")]
                    ),
                ),
                ("number", models.BigIntegerField()),
                (
                    "listing",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="car_clues",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number", "listing"), name="advert_has_a_clue_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CarLink",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="car_link",
                        serialize=False,
                        to="listings.listing",
                    ),
                ),
                ("car", models.BigIntegerField(db_index=True)),
            ],
            options={"verbose_name": "physical car"},
        ),
    ]
