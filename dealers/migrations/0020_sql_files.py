"""Install the triggers of the audit log from their file, whose text is what they are already."""

from django.db import migrations

from marketplace.databases.stored_sql import InstallSql


class Migration(migrations.Migration):
    dependencies = [("dealers", "0012_mailed_feed_notices")]

    operations = [InstallSql("dealers", "audit_log", before=migrations.RunSQL.noop)]
