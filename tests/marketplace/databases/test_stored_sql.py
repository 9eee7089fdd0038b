"""The database's functions and triggers are what the .sql files say, each installed once."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from marketplace.databases.stored_sql import InstallSql

FILES = sorted(Path(settings.BASE_DIR).glob("*/sql/*.sql"))
NAMED = re.compile(r"^CREATE OR REPLACE (?:FUNCTION|TRIGGER) (\w+)", re.MULTILINE)
FUNCTIONS = """
    SELECT proname, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
"""
TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
"""
CONFIGURED = {"audit_kept_days"}  # holds a setting


def definitions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        functions = cursor.fetchall()
        cursor.execute(TRIGGERS)
        found = [*functions, *cursor.fetchall()]
    return sorted((name, text) for name, text in found if name not in CONFIGURED)


@pytest.mark.django_db
def test_what_was_migrated_is_what_the_files_say() -> None:
    migrated = definitions()
    with connection.cursor() as cursor:
        for path in FILES:
            cursor.execute(path.read_text())
    assert definitions() == migrated


@pytest.mark.django_db
def test_there_is_no_function_or_trigger_without_a_file() -> None:
    named = [name for path in FILES for name in NAMED.findall(path.read_text())]
    assert sorted(name for name, _ in definitions()) == sorted(named)


def test_each_file_is_installed_by_one_migration() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    installed = Counter(
        operation.path
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, InstallSql)
    )
    assert installed == dict.fromkeys(FILES, 1)
