"""When a branch is open."""

from django.db import migrations, models

import dealers.hours


class Migration(migrations.Migration):
    dependencies = [("dealers", "0008_recovery_code")]

    operations = [
        migrations.AddField(
            model_name="branch",
            name="opening_hours",
            field=models.JSONField(
                blank=True,
                help_text="Leave a day empty where it is closed, "
                "and all of them where that is not known.",
                null=True,
                validators=[dealers.hours.validate_hours],
            ),
        ),
    ]
