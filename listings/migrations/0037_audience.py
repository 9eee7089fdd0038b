"""How often adverts are seen, and what is said against them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0036_reservations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AdvertDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "day",
                    models.DateField(help_text="London's; of packed days the first of the month."),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("pages", "Our pages"),
                            ("block", "The block on other sites"),
                            ("api", "Front ends of others"),
                        ],
                        max_length=5,
                    ),
                ),
                ("seen", models.PositiveIntegerField(default=0, help_text="In results and lists.")),
                (
                    "opened",
                    models.PositiveIntegerField(default=0, help_text="Its page or its details."),
                ),
                (
                    "phoned",
                    models.PositiveIntegerField(
                        default=0, help_text="The telephone number was asked for."
                    ),
                ),
                (
                    "enquired",
                    models.PositiveIntegerField(default=0, help_text="Enquiries that were sent."),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="advert_day_to_pack")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("listing", "day", "place"),
                        name="advert_has_one_row_a_day_and_place",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AdvertReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("sold", "The car is sold"),
                            ("price", "The price is not what is asked"),
                            ("not_theirs", "The car is not this dealer's"),
                            ("misleading", "It says what is not so"),
                            ("fraud", "It is a fraud"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "To be looked at"),
                            ("dismissed", "Dismissed"),
                            ("taken_down", "The advert was taken down"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
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
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="listings.listing",
                    ),
                ),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("decision", "open")),
                        fields=["id"],
                        name="report_to_look_at",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AdvertSignal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "suspicion",
                    models.CharField(
                        choices=[
                            ("same_mark", "Another dealer's live car has its mark or VIN"),
                            ("same_photo", "Another dealer's live car has its photo"),
                            ("low_price", "Far below the usual price"),
                            ("reported", "Reported several times"),
                        ],
                        max_length=10,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "found_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("dismissed_at", models.DateTimeField(null=True)),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signals",
                        to="listings.listing",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("listing", "suspicion"), name="advert_has_a_signal_once"
                    )
                ],
            },
        ),
    ]
