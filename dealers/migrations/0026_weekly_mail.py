"""Who wants the weekly mail about a dealer's stock."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("dealers", "0025_scopes")]

    operations = [
        migrations.CreateModel(
            name="WeeklyMail",
            fields=[
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="weekly_mail",
                        serialize=False,
                        to="dealers.membership",
                    ),
                ),
                ("told_at", models.DateTimeField(db_default=Now())),
                ("figures", models.JSONField(default=dict)),
            ],
        ),
    ]
