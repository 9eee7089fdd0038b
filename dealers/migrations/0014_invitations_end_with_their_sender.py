"""An invitation goes with the account of whoever sent it, which the database leaves to Django."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0013_audit_event_source")]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="invited_by",
            field=models.ForeignKey(
                settings.AUTH_USER_MODEL,
                django.db.models.deletion.CASCADE,
                null=True,
                related_name="+",
                db_index=False,
                help_text="Whose right to invite it stands on; empty for the system's own.",
            ),
        )
    ]
