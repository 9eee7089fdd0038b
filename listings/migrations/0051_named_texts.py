"""Where somebody who erased all may be named in what others left."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0050_market_weeks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NamedText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("message", "Answer or note about an enquiry"),
                            ("enquiry", "Enquiry"),
                            ("reservation_note", "Note of a reservation"),
                            ("reservation_reason", "Reason of a reservation"),
                            ("report", "Report of an advert"),
                        ],
                        max_length=20,
                    ),
                ),
                ("row_id", models.BigIntegerField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "To be looked at"),
                            ("erased", "Taken out"),
                            ("left", "Left as it is"),
                        ],
                        db_default="open",
                        default="open",
                        max_length=6,
                    ),
                ),
                (
                    "found_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "open")),
                        fields=("place", "row_id"),
                        name="text_waits_once_for_a_decision",
                    )
                ],
            },
        ),
    ]
