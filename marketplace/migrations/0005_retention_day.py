"""What was removed on which day because its time was over."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0004_suppressed_address")]

    operations = [
        migrations.CreateModel(
            name="RetentionDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("removed", models.PositiveBigIntegerField(db_default=0)),
                ("is_over", models.BooleanField(db_default=False)),
                (
                    "ran_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "retention",
                "verbose_name_plural": "retention",
                "ordering": ("-day", "kind"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "day"), name="retention_has_one_row_a_day"
                    )
                ],
            },
        ),
    ]
