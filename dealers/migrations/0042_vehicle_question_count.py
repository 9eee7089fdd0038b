"""How many marks were looked up for a dealer today."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0041_sign_in_throttle")]

    operations = [
        migrations.CreateModel(
            name="VehicleQuestionCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quota", models.CharField(max_length=30)),
                ("day", models.DateField()),
                ("asked", models.PositiveIntegerField()),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dealer", "quota"), name="vehicle_questions_are_counted_once"
                    )
                ],
            },
        ),
    ]
