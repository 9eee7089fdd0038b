"""Vacuum the queue of tasks by its dead rows alone: it is read from its end and nearly empty.

docs/operations.md has the reasons. The lock lets everybody read and write.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0009_job_runs")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE marketplace_outboxtask SET (autovacuum_vacuum_scale_factor = 0, "
            "autovacuum_vacuum_threshold = 1000)",
            "ALTER TABLE marketplace_outboxtask RESET (autovacuum_vacuum_scale_factor, "
            "autovacuum_vacuum_threshold)",
        ),
    ]
