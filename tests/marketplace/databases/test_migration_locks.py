"""A migration that changes two tables which serve already locks both before it changes one.

Otherwise it holds the one and waits for the other, while a reader does the reverse.
"""

import re

import pytest
from django.db import connection
from django.db.migrations import Migration, RunSQL
from django.db.migrations.loader import MigrationLoader

OURS = ("listings", "dealers", "marketplace")
# The first version's last migrations: what was made since serves nobody who comes from it.
FIRST_VERSION = {"listings": 16, "dealers": 10, "marketplace": 2}
_MADE = re.compile(r'CREATE TABLE "?(\w+)')
_CHANGED = re.compile(
    r'^ALTER TABLE "?(\w+)"? (?!SET \(|VALIDATE |ADD CONSTRAINT "?\w+"? FOREIGN)'
    r"|^ *DROP TRIGGER \w+ ON (\w+)",
    re.MULTILINE,
)


@pytest.mark.django_db(transaction=True)
def test_tables_that_change_together_are_locked_together() -> None:
    loader = MigrationLoader(connection, replace_migrations=False)
    ours = [each for each in loader.disk_migrations.items() if each[0][0] in OURS]
    texts = {name: "\n".join(loader.collect_sql([(each, False)])) for name, each in ours}
    served = {table for name in texts if _is_old(name) for table in _MADE.findall(texts[name])}
    found = {
        name: tables
        for name, migration in sorted(ours)
        if not _is_old(name) and migration.atomic
        if len(tables := served & _changed(texts[name])) > 1 and not _locks(migration, tables)
    }
    assert "dealers_apikey" in served
    assert found == {}


def _is_old(name: tuple[str, str]) -> bool:
    return int(name[1][:4]) <= FIRST_VERSION[name[0]]


def _changed(text: str) -> set[str]:
    """Return the tables that nobody can read while such statements are under way."""
    return {table for found in _CHANGED.findall(text) for table in found if table}


def _locks(migration: Migration, tables: set[str]) -> bool:
    first = migration.operations[0]
    if not isinstance(first, RunSQL) or not isinstance(first.sql, str):
        return False
    return first.sql.startswith("LOCK TABLE ") and tables <= set(re.findall(r"\w+", first.sql))
