"""Links by which others read stock."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0024_audit_of_privacy"),
        ("listings", "0048_retail_weeks"),
    ]

    operations = [
        migrations.CreateModel(
            name="SyndicationLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(max_length=20, verbose_name="format")),
                ("rotation", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("read_at", models.DateTimeField(help_text="To the minute.", null=True)),
                (
                    "dealer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="syndication_links",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dealer", "form"),
                        name="one_syndication_link_of_a_format",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
