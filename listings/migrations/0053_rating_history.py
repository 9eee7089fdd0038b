"""The history of values keeps ratings too; what has none of a week says null."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0052_one_table_of_market_weeks")]

    operations = [
        migrations.AddField(
            model_name="valuehistory",
            name="labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=6, null=True), null=True, size=None
            ),
        ),
    ]
