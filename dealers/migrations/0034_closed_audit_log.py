"""Have the audit log forget what is past its time, by its owner's function, and nothing else."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from marketplace.databases.audit_retention import keep_audit_log
from marketplace.databases.stored_sql import InstallSql

OPENED_BY_A_SETTING = """
CREATE OR REPLACE FUNCTION audit_refuse_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('marketplace.prunes_audit', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever added to';
END $$;

CREATE OR REPLACE TRIGGER audit_refuse_changes BEFORE UPDATE OR DELETE ON dealers_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_changes();
ALTER TABLE dealers_auditevent ENABLE TRIGGER audit_refuse_changes;
DROP FUNCTION audit_log_prune(integer);
"""


def keep_as_configured(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        keep_audit_log(cursor, days=settings.AUDIT_KEPT_DAYS)


def forget_how_long(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP FUNCTION public.audit_kept_days()")


class Migration(migrations.Migration):
    dependencies = [("dealers", "0033_webhook_messages_keep_the_rule")]

    operations = [
        migrations.RunPython(keep_as_configured, forget_how_long),
        InstallSql("dealers", "audit_log", before=OPENED_BY_A_SETTING),
    ]
