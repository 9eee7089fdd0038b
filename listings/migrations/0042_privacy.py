"""Requests of people about everything that was left with their address."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0041_saved_searches")]

    operations = [
        migrations.AlterField(
            model_name="buyerrecord",
            name="kind",
            field=models.CharField(
                choices=[
                    ("enquiry", "Enquiry"),
                    ("reservation", "Reservation"),
                    ("saved_search", "Saved search"),
                    ("report", "Report of an advert"),
                    ("privacy", "Question about privacy"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="PrivacyRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mailed_at",
                    models.DateTimeField(help_text="When the link was handed over.", null=True),
                ),
                ("erasing_since", models.DateTimeField(null=True)),
                (
                    "sought",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254), default=list, size=None
                    ),
                ),
                ("swept", models.CharField(blank=True, max_length=100)),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="privacy_request",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
        ),
    ]
