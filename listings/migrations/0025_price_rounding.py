"""Round every price that changes by one rule, and let plans end prices in 00 as well."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

from marketplace.databases.stored_sql import InstallSql

_old = import_module("listings.migrations.0004_price_after_drops")
PLANS_ALONE = f"""
    DROP FUNCTION price_after_drops;
    DROP FUNCTION price_rounded;
    DROP FUNCTION price_target;
    {_old.ENDING_BELOW}
    {_old.AFTER_DROPS}
"""
ENDINGS = (("any", "Any"), ("95", "£…95"), ("99", "£…99"), ("00", "£…00"))


def _known(endings: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ending__in=endings), name="price_plan_ending_is_known"
    )


class Migration(migrations.Migration):
    dependencies = [("listings", "0024_sql_files")]

    operations = [
        InstallSql("listings", "price_rounding", before=PLANS_ALONE),
        migrations.RunSQL("DROP FUNCTION price_ending_below", migrations.RunSQL.noop),
        migrations.AlterField(
            "priceplan", "ending", models.CharField(max_length=4, choices=ENDINGS, default="95")
        ),
        migrations.RemoveConstraint("priceplan", "price_plan_ending_is_known"),
        migrations.AddConstraint("priceplan", _known(["any", "95", "99", "00"])),
    ]
