"""The tables and functions of pgmq, which make PostgreSQL the broker of the jobs."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from pgmq import get_embedded_install_sql


def install(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Run pgmq's own script, unless the server has it already, as an extension or otherwise."""
    if not _is_installed(schema_editor):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(get_embedded_install_sql())


def remove(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the schema with every queue in it; an extension is its administrator's to drop."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pgmq'")
        if cursor.fetchone() is None:
            cursor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")


def _is_installed(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        return bool(cursor.fetchone()[0])


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(install, remove)]
