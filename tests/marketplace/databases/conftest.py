"""Roles for a test, and nothing left of them."""

from collections.abc import Iterator

import pytest
from django.db import connection
from psycopg import sql

from tests.marketplace.databases.grants import grant_roles


@pytest.fixture
def roles() -> Iterator[dict[str, str]]:
    """Two new roles that were granted what they need; roles are shared by all of a cluster."""
    names = {kind: f"{kind}_{connection.settings_dict['NAME']}" for kind in ("web", "worker")}
    try:
        granted = grant_roles(names)
        assert granted.returncode == 0, granted.stderr
        yield names
    finally:
        with connection.cursor() as cursor:
            for name in names.values():
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
                if cursor.fetchone():
                    named = sql.Identifier(name)
                    cursor.execute(sql.SQL("DROP OWNED BY {}").format(named))
                    cursor.execute(sql.SQL("DROP ROLE {}").format(named))
            cursor.execute("DROP FUNCTION IF EXISTS audit_prune")
