"""Authenticators are copied from django-otp to allauth, their secrets encrypted.

The table they come from stays for the version before, until `drop_old_tables`. No model knows it
any more, so its rows go with their person by the database's own rule.
"""

from base64 import b32encode
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.state import StateApps

from dealers.accounts.factor_secrets import FactorAdapter

TABLE = "otp_totp_totpdevice"
QUERY = f"SELECT DISTINCT ON (user_id) * FROM {TABLE} WHERE confirmed ORDER BY user_id, id"  # noqa: S608  # a constant

CASCADE = f"""
DO $$
DECLARE name text;
BEGIN
    IF to_regclass('{TABLE}') IS NULL THEN
        RETURN;
    END IF;
    FOR name IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = to_regclass('{TABLE}') AND contype = 'f'
    LOOP
        EXECUTE format('ALTER TABLE {TABLE} DROP CONSTRAINT %I', name);
    END LOOP;
    ALTER TABLE {TABLE} ADD FOREIGN KEY (user_id) REFERENCES dealers_user
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END
$$
"""  # noqa: S608  # a constant


def copy_authenticators(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Copy each person's authenticator, the oldest where there were several: it alone counted.

    A code that was just used stays used, and who entered wrong ones waits as before. One that was
    never confirmed is set up anew. A database that never had django-otp has nothing to move.
    """
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        cursor.execute(QUERY)
        names = [column.name for column in cursor.description]
        devices = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    kept = apps.get_model("mfa", "Authenticator")
    kept.objects.bulk_create([_authenticator(kept, device) for device in devices])


def _authenticator(kept: Any, device: dict[str, Any]) -> Any:
    if (device["step"], device["t0"], device["digits"]) != (30, 0, 6):
        raise ValueError(f"The authenticator of user {device['user_id']} is of another kind.")
    failed_at = device["throttling_failure_timestamp"]
    row = kept(
        user_id=device["user_id"],
        type="totp",
        data={
            "secret": FactorAdapter().encrypt(b32encode(bytes.fromhex(device["key"])).decode()),
            "last_step": device["last_t"],
            "drift": device["drift"],
            "failures": device["throttling_failure_count"],
            "failed_at": failed_at.timestamp() if failed_at else 0,
        },
        last_used_at=device["last_used_at"],
    )
    if device["created_at"] is not None:
        row.created_at = device["created_at"]
    return row


def refuse_to_lose_them(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Go back only where nobody has a factor: the version before could not read one."""
    if apps.get_model("mfa", "Authenticator").objects.exists():
        raise IrreversibleError(
            "There are second factors, which the version before cannot read: people would get in "
            "without. Restore a backup instead."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0038_account_notices"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(CASCADE, migrations.RunSQL.noop),
        migrations.RunPython(copy_authenticators, refuse_to_lose_them),
    ]
