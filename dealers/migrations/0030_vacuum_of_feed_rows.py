"""Vacuum the rows of feeds' reports before a fifth of them is dead.

docs/operations.md has the reasons. The lock lets everybody read and write.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dealers", "0029_webhook_log_by_days")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE dealers_feedrow SET (autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE dealers_feedrow RESET (autovacuum_vacuum_scale_factor)",
        ),
    ]
