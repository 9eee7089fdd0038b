"""Weeks of kinds and of makes stand in the table that has the others."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def carry_over(apps: Any, schema_editor: Any) -> None:
    market_weeks = apps.get_model("listings", "MarketWeek").objects
    for row in apps.get_model("listings", "RetailWeek").objects.order_by("week").iterator():
        market_weeks.update_or_create(
            week=row.week,
            make=None,
            model=None,
            segment=None,
            defaults={"kinds": row.figures},
        )


def carry_back(apps: Any, schema_editor: Any) -> None:
    market_weeks = apps.get_model("listings", "MarketWeek").objects
    retail_weeks = apps.get_model("listings", "RetailWeek").objects
    for row in market_weeks.filter(kinds__isnull=False).order_by("week").iterator():
        retail_weeks.create(week=row.week, figures=row.kinds)
    market_weeks.filter(make__isnull=False).delete()


class Migration(migrations.Migration):
    dependencies = [("listings", "0051_named_texts")]

    operations = [
        migrations.AddField(
            model_name="marketweek",
            name="make",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="market_weeks",
                to="listings.make",
            ),
        ),
        migrations.AddField(
            model_name="marketweek",
            name="kinds",
            field=models.JSONField(
                help_text="Of the whole: how each kind of car sells by its name, and all kinds by "
                "an empty one. What fewer than five dealers stand behind is not in it.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="marketweek",
            constraint=models.UniqueConstraint(
                fields=("week", "make", "model", "segment"),
                name="each_part_of_market_has_a_week",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="marketweek",
            constraint=models.CheckConstraint(
                condition=Q(model__isnull=True, segment__isnull=True)
                | Q(make__isnull=True, segment__isnull=True)
                | Q(make__isnull=True, model__isnull=True),
                name="market_week_is_of_one_part_alone",
            ),
        ),
        migrations.RemoveConstraint(model_name="marketweek", name="part_of_market_has_a_week_once"),
        migrations.RemoveConstraint(model_name="marketweek", name="market_week_is_of_one_part"),
        migrations.AddIndex(
            model_name="marketweek",
            index=models.Index(
                condition=Q(make__isnull=False),
                fields=["make", "week"],
                name="market_week_of_make",
            ),
        ),
        migrations.RunPython(carry_over, carry_back),
        migrations.DeleteModel(name="RetailWeek"),
    ]
