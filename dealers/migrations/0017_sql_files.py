"""Install the triggers of the audit log from their file, whose text is what they are already."""

from django.db import migrations

from marketplace.databases.stored_sql import InstallSql


class Migration(migrations.Migration):
    dependencies = [("dealers", "0016_feed_stage_holds_staged_cars")]

    operations = [InstallSql("dealers", "audit_log", before=migrations.RunSQL.noop)]
