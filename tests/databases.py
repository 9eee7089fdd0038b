"""The database of each process of a run: a copy of one that is migrated and kept.

Many runs may share a cluster. What they make and drop, they make and drop one at a time.
"""

import ast
import hashlib
import importlib.util
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.listings.changes.connections import conninfo

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements/development.txt"
POOL_SECONDS = 60  # a machine that is busy with other tests connects late, which is no failure
ONE_AT_A_TIME = 5_432_000_001  # an advisory lock's number; those of runs are hashes of 32 bits

Server = psycopg.Connection[tuple[object, ...]]

_kept: set[str] = set()  # tables that migrations fill: content types, permissions

# A worker that is stopped leaves messages in its queues, which are tables of no model.
_EMPTY_QUEUES = "SELECT pgmq.purge_queue(queue_name) FROM pgmq.list_queues()"


@contextmanager
def own_database() -> Iterator[None]:
    """Point Django's connection at a new database, which is dropped in the end."""
    original = connection.settings_dict["NAME"]
    connection.settings_dict["OPTIONS"]["pool"].update(
        timeout=POOL_SECONDS, reconnect_timeout=POOL_SECONDS
    )
    address = make_conninfo(conninfo(), dbname="postgres", options="")  # without time limits
    with psycopg.connect(address, autocommit=True) as server:
        name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
        # Held while this process lives: a run that finds it free drops what this one left.
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        with _one_at_a_time(server):
            _drop_deserted(server)
            _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, _template(server))
        _connect_to(name)
        _kept.update(_tables_with_rows())
        try:
            yield
        finally:
            _connect_to(original)
            _execute(server, "DROP DATABASE {} WITH (FORCE)", name)


def empty_touched_tables() -> None:
    """Empty the tables that have rows, save those that the migrations filled, and the queues.

    Django's own `flush` empties every table, touched or not, and writes what belongs to the
    migrations again.
    """
    touched = sorted(_tables_with_rows() - _kept)
    with connection.cursor() as cursor:
        if touched:
            names = sql.SQL(", ").join(map(sql.Identifier, touched))
            cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
        cursor.execute(_EMPTY_QUEUES)


def _tables_with_rows() -> set[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name for (name,) in cursor.fetchall()}


def _template(server: Server) -> str:
    """Return the name of a migrated database that nobody connects to, made where there is none."""
    name = f"migrated_{_digest()}"
    others = _names(server, "migrated_%")
    if name in others:
        return name
    for other in others:
        _execute(server, "DROP DATABASE {} WITH (FORCE)", other)
    unfinished = f"migrated_{secrets.token_hex(4)}"
    _execute(server, "CREATE DATABASE {}", unfinished)
    _connect_to(unfinished)
    call_command("migrate", verbosity=0)
    _disconnect()
    _execute(server, "ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", unfinished)
    _execute(server, "ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


def _digest() -> str:
    """Return what changes with anything that migrations are made of."""
    folders = [Path(app.path) for app in apps.get_app_configs() if ROOT in Path(app.path).parents]
    migrations = [file for folder in folders for file in folder.glob("migrations/*.py")]
    files = {LOCK, *migrations, *(file for folder in folders for file in folder.rglob("*.sql"))}
    files.update(used for migration in migrations for used in _imported(migration))
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _imported(migration: Path) -> Iterator[Path]:
    """Yield the files of our own modules that a migration imports."""
    for node in ast.walk(ast.parse(migration.read_bytes())):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{name}" for name in names)]
        for name in names:
            file = _file_of(name)
            if ROOT in file.parents and ".venv" not in file.parts:
                yield file


def _file_of(name: str) -> Path:
    """Return a module's file; that of nothing where the name is of something inside a module."""
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return Path()
    return Path(spec.origin) if spec and spec.origin else Path()


def _drop_deserted(server: Server) -> None:
    """Drop the databases of runs that were killed."""
    for name in _names(server, r"test\_%"):
        taken = server.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
        if taken == (True,):
            _execute(server, "DROP DATABASE {} WITH (FORCE)", name)
            server.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


def _names(server: Server, pattern: str) -> list[str]:
    found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
    return [str(name) for (name,) in found]


@contextmanager
def _one_at_a_time(server: Server) -> Iterator[None]:
    server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    try:
        yield
    finally:
        server.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _connect_to(name: str) -> None:
    _disconnect()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _disconnect() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it


def _execute(server: Server, statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
