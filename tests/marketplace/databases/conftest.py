"""Roles for a test, and nothing left of them."""

from collections.abc import Iterable, Iterator

import pytest
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.marketplace.databases.grants import grant_roles


@pytest.fixture(scope="module")
def roles(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """Two new roles that were granted what they need; roles are shared by all of a cluster."""
    with django_db_blocker.unblock():
        names = {kind: f"{kind}_{connection.settings_dict['NAME']}" for kind in ("web", "worker")}
        try:
            granted = grant_roles(names)
            assert granted.returncode == 0, granted.stderr
            yield names
        finally:
            _drop(names.values())


def _drop(names: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            if cursor.fetchone():
                named = sql.Identifier(name)
                cursor.execute(sql.SQL("DROP OWNED BY {}").format(named))
                cursor.execute(sql.SQL("DROP ROLE {}").format(named))
