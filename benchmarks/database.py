"""A database that exists for one run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

SETTINGS = ("server_version", "shared_buffers", "work_mem", "fsync", "synchronous_commit")


@contextmanager
def throwaway_database() -> Iterator[None]:
    """Create a database beside that of DATABASE_URL, point DATABASE_URL at it, and drop it."""
    address = os.environ["DATABASE_URL"]
    name = f"bench_{os.getpid()}"
    _run(address, "CREATE DATABASE {}", name)
    os.environ["DATABASE_URL"] = make_conninfo(address, dbname=name)
    try:
        yield
    finally:
        connections.close_all()
        wrapper: Any = connections["default"]
        wrapper.close_pool()
        _run(address, "DROP DATABASE {} WITH (FORCE)", name)


def server_lines() -> list[str]:
    """Return what the figures depend on: the server's settings and the processors."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%s %%s', name, current_setting(name)), ', ')"
            " FROM unnest(%s::text[]) AS name",
            [list(SETTINGS)],
        )
        return [f"PostgreSQL: {cursor.fetchone()[0]}; {os.cpu_count()} processors"]


def run(statement: str, *parameters: int) -> int:
    """Run one statement; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)


def value(query: str, *parameters: str | float) -> Any:
    """Return the one value that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return cursor.fetchone()[0]


def _run(address: str, statement: str, name: str) -> None:
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(sql.Identifier(name)))
