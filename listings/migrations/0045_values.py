"""What adverts are worth, and the versions of the market that said so."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import listings.models.fields
from marketplace.databases.stored_sql import InstallSql

NOTHING_BEFORE = "DROP FUNCTION listing_value_stamp CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0044_packed_prices"),
    ]

    operations = [
        migrations.CreateModel(
            name="MarketFit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=20)),
                (
                    "fitted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "adverts",
                    models.PositiveIntegerField(help_text="Own adverts that it was fitted on."),
                ),
                (
                    "prior",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Rows of tables of asking prices that it was fitted on.",
                    ),
                ),
                ("error", models.FloatField(null=True)),
                ("coverage_80", models.FloatField(null=True)),
                ("coverage_90", models.FloatField(null=True)),
                ("width_90", models.FloatField(null=True)),
                ("details", models.JSONField(default=dict)),
                ("content", models.BinaryField(null=True)),
                ("is_current", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["fitted_at"], name="market_fit_oldest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("is_current",),
                        name="one_market_fit_is_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ValueHistory",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="value_history",
                        serialize=False,
                        to="listings.listing",
                    ),
                ),
                (
                    "weeks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None
                    ),
                ),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), size=None
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "value histories",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weeks__len", models.F("values__len"))),
                        name="value_week_has_a_value",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingValue",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="market_value",
                        serialize=False,
                        to="listings.listing",
                    ),
                ),
                ("inputs", models.BigIntegerField()),
                ("value", models.PositiveIntegerField(null=True)),
                ("low_80", models.PositiveIntegerField(null=True)),
                ("high_80", models.PositiveIntegerField(null=True)),
                ("low_90", models.PositiveIntegerField(null=True)),
                ("high_90", models.PositiveIntegerField(null=True)),
                ("comparables", models.PositiveSmallIntegerField(default=0)),
                (
                    "width",
                    models.FloatField(
                        help_text="How far apart the label's edges are, as the rule's k.", null=True
                    ),
                ),
                (
                    "residual",
                    models.FloatField(
                        help_text="log(price) less the model's log value of a car it had not seen.",
                        null=True,
                    ),
                ),
                (
                    "correction",
                    models.FloatField(
                        help_text="What the nearest comparables add to the model's log value.",
                        null=True,
                    ),
                ),
                (
                    "ratio",
                    models.PositiveSmallIntegerField(
                        help_text="Price in thousandths of the value, as of when the label was "
                        "last told.",
                        null=True,
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        choices=[
                            ("lower", "Lower price"),
                            ("great", "Great price"),
                            ("good", "Good price"),
                            ("fair", "Fair price"),
                            ("higher", "Higher price"),
                        ],
                        max_length=6,
                        null=True,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=24)),
                (
                    "valued_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("revision", listings.models.fields.TransactionIdField(editable=False, null=True)),
                (
                    "fit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="listings.marketfit",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["revision", "listing"], name="listing_value_told_since")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("label__in", ["lower", "great", "good", "fair", "higher"]),
                                ("reason", ""),
                                ("value__isnull", False),
                            ),
                            ("label__isnull", True),
                            _connector="OR",
                        ),
                        name="rated_advert_has_a_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ratio__isnull", False), ("label__isnull", True), _connector="OR"
                        ),
                        name="rated_advert_has_a_ratio",
                    ),
                ],
            },
        ),
        InstallSql("listings", "values", before=NOTHING_BEFORE),
    ]
