"""One row in the place of the price changes of an advert that ended."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0043_former_names")]

    operations = [
        migrations.CreateModel(
            name="PackedPrices",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="packed_prices",
                        serialize=False,
                        to="listings.listing",
                    ),
                ),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None
                    ),
                ),
                (
                    "prices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(null=True), size=None
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "packed prices",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("days__len", models.F("prices__len"))),
                        name="packed_days_have_a_price_each",
                    )
                ],
            },
        ),
    ]
