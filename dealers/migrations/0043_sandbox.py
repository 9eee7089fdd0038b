"""A dealer that systems are built and tried with, and that buyers are not shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0042_vehicle_question_count")]

    operations = [
        migrations.AddField(
            "dealer",
            "is_sandbox",
            models.BooleanField(
                "sandbox",
                default=False,
                db_default=False,
                editable=False,
                help_text="Hidden from buyers.",
            ),
        ),
    ]
