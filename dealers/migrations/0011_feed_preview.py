"""The beginning of a feed's file, as the worker that read it shows it to people."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0010_stock_feeds")]

    operations = [
        migrations.CreateModel(
            name="FeedPreview",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preview",
                        serialize=False,
                        to="dealers.feedrun",
                    ),
                ),
                ("columns", models.JSONField(default=list)),
                ("proposed", models.JSONField(null=True)),
            ],
        ),
    ]
