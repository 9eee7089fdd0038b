"""Cars that are held for buyers, and how cars were sold."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0035_enquiry_mails"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="changeset",
            name="source",
            field=models.CharField(
                choices=[
                    ("person", "By hand"),
                    ("feed", "Stock feed"),
                    ("api", "Stock API"),
                    ("system", "The marketplace"),
                    ("buyer", "A buyer"),
                ],
                max_length=6,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="listingevent",
            name="source",
            field=models.CharField(
                choices=[
                    ("person", "By hand"),
                    ("feed", "Stock feed"),
                    ("api", "Stock API"),
                    ("system", "The marketplace"),
                    ("buyer", "A buyer"),
                ],
                help_text="Who wrote; empty where it is not kept.",
                max_length=6,
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="Sale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sold_at", models.DateTimeField(help_text="As the advert has it.")),
                ("sold_on", models.DateField(help_text="The day it was sold.")),
                (
                    "price",
                    models.PositiveIntegerField(
                        help_text="Whole pounds that were paid.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "buyer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("retail", "Private buyer"),
                            ("business", "Business"),
                            ("trade", "Trade"),
                            ("auction", "Auction"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("marketplace", "This marketplace"),
                            ("own_site", "Own website"),
                            ("other_site", "Another website"),
                            ("phone", "Telephone"),
                            ("walk_in", "Came by"),
                            ("other", "Other"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sale",
                        to="listings.listing",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="The car, as it was called at the time.", max_length=250
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("held", "Held"),
                            ("declined", "Declined"),
                            ("cancelled", "Cancelled by the buyer"),
                            ("lapsed", "Lapsed"),
                            ("sold", "Ended: the car is sold"),
                            ("ended", "Ended by the dealer"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "is_by_dealer",
                    models.BooleanField(default=False, help_text="Entered in the dealer's panel."),
                ),
                ("held_until", models.DateTimeField(null=True)),
                (
                    "answer_by",
                    models.DateTimeField(help_text="When an unanswered request lapses.", null=True),
                ),
                ("note", models.TextField(blank=True, help_text="For the dealer's own people.")),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Told to the buyer.", max_length=300),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "mails",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Counts the changes that somebody is told of by mail."
                    ),
                ),
                (
                    "mailed",
                    models.PositiveSmallIntegerField(default=0, help_text="Of them, to the buyer."),
                ),
                (
                    "noticed",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Of them, to the dealer."
                    ),
                ),
                (
                    "deposit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("asked", "Asked for"),
                            ("paid", "Paid"),
                            ("returned", "Given back"),
                        ],
                        max_length=8,
                    ),
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
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reservations",
                        to="listings.listing",
                    ),
                ),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservation",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("standing__in", ("asked", "held"))),
                        fields=("listing",),
                        name="one_active_reservation_of_a_car",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("standing", "held"), _negated=True),
                            ("held_until__isnull", False),
                            _connector="OR",
                        ),
                        name="held_reservation_has_an_end",
                    ),
                ],
            },
        ),
    ]
