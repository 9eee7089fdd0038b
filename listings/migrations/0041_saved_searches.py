"""Saved searches and cars, what waits to be told of them, and the mails that told it."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import listings.models.fields
from marketplace.databases.stored_sql import InstallSql

NOTHING_BEFORE = """
    DROP FUNCTION saved_search_stamp CASCADE;
    DROP FUNCTION record_end_saved_search CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0040_alert_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertQueue",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="alert_queue",
                        serialize=False,
                        to="listings.buyerrecord",
                    ),
                ),
                (
                    "listing_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                (
                    "queued_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["queued_at"], name="alert_queued_since")],
            },
        ),
        migrations.CreateModel(
            name="AlertMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("finds", models.JSONField(default=dict)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "sent_at",
                    models.DateTimeField(
                        help_text="When it was handed over, or found empty.", null=True
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alert_mails",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="alert_mail_oldest")],
            },
        ),
        migrations.CreateModel(
            name="SavedCar",
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
                        help_text="As it was called when it was saved.", max_length=350
                    ),
                ),
                (
                    "price",
                    models.PositiveIntegerField(help_text="Whole pounds, as last told.", null=True),
                ),
                ("told_gone_at", models.DateTimeField(null=True)),
                (
                    "listing",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="watched_by",
                        to="listings.listing",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_cars",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("record", "listing"), name="car_is_saved_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="The search in words.", max_length=200)),
                ("criteria", models.JSONField(default=dict)),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("instant", "At once"),
                            ("daily", "Once a day"),
                            ("weekly", "Once a week"),
                        ],
                        default="daily",
                        max_length=7,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "Waiting for a confirmation"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        default="unconfirmed",
                        max_length=11,
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="Tells the same search of one address; empty once erased.",
                        max_length=64,
                    ),
                ),
                (
                    "active_since",
                    models.DateTimeField(
                        help_text="Only what happened to cars since then is told.", null=True
                    ),
                ),
                ("confirmation_mailed_at", models.DateTimeField(null=True)),
                (
                    "mailed_at",
                    models.DateTimeField(help_text="When its last mail was made up.", null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("revision", listings.models.fields.TransactionIdField(editable=False, null=True)),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_search",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "saved searches",
                "indexes": [models.Index(fields=["revision", "id"], name="saved_search_revision")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("digest", ""), _negated=True),
                            models.Q(("state", "ended"), _negated=True),
                        ),
                        fields=("digest",),
                        name="search_is_saved_once_by_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "active"), _negated=True),
                            ("active_since__isnull", False),
                            _connector="OR",
                        ),
                        name="active_search_has_a_beginning",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("unconfirmed", "active", "paused", "ended"))
                        ),
                        name="state_of_search_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("frequency__in", ("instant", "daily", "weekly"))),
                        name="frequency_of_search_is_known",
                    ),
                ],
            },
        ),
        InstallSql("listings", "saved_searches", before=NOTHING_BEFORE),
    ]
