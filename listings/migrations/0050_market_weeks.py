"""What each week was like on the market."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0049_syndication_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="MarketWeek",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week", models.DateField(help_text="Its Monday.")),
                ("segment", models.BigIntegerField(null=True)),
                (
                    "level",
                    models.FloatField(
                        help_text="How far asking prices had moved, in logs; weeks are compared "
                        "by it.",
                        null=True,
                    ),
                ),
                ("level_error", models.FloatField(help_text="Its standard error.", null=True)),
                (
                    "listed",
                    models.PositiveIntegerField(help_text="Adverts that were new.", null=True),
                ),
                (
                    "live",
                    models.PositiveIntegerField(
                        help_text="Adverts on sale when last looked at.", null=True
                    ),
                ),
                ("sold", models.PositiveIntegerField(null=True)),
                (
                    "dealers",
                    models.PositiveIntegerField(
                        help_text="Whose adverts those on sale were.", null=True
                    ),
                ),
                (
                    "sales",
                    models.PositiveIntegerField(
                        help_text="That the days to sell rest on.", null=True
                    ),
                ),
                (
                    "selling_dealers",
                    models.PositiveIntegerField(help_text="Whose sales those were.", null=True),
                ),
                ("days_to_sell", models.FloatField(null=True)),
                (
                    "days_low",
                    models.FloatField(
                        help_text="90 % lie between this and `days_high`.", null=True
                    ),
                ),
                ("days_high", models.FloatField(help_text="Null: more than a year.", null=True)),
                (
                    "days_by_rating",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(null=True),
                        help_text="Days to sell at each rating, the cheapest first; null: more "
                        "than a year.",
                        null=True,
                        size=None,
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="market_weeks",
                        to="listings.model",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["model", "week"], name="market_week_of_model")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("week", "model", "segment"),
                        name="part_of_market_has_a_week_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("model__isnull", True), ("segment__isnull", True), _connector="OR"
                        ),
                        name="market_week_is_of_one_part",
                    ),
                ],
            },
        ),
    ]
