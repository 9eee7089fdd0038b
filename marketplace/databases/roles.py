"""What the roles of the running processes may do: read and write rows, and nothing else.

The owner of the schema, who migrates, grants it. Nobody else makes, changes or empties a table, and
the audit log is only ever added to: the worker may call what forgets old events.
"""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from marketplace.databases.configuration import Process
from marketplace.databases.standbys import standbys

SCHEMAS = ("public", "pgmq")
APPEND_ONLY = "dealers_auditevent"
READ_ONLY = "django_migrations"
ANALYSED = ("dealers_feedrow", "dealers_feedstage")  # by an import, between two steps
MAINTAIN_SINCE = 17_00_00  # the privilege to analyse; before, only the owner's statement works
ROWS = "SELECT, INSERT, UPDATE, DELETE"
GRANTS = (
    "REVOKE CREATE ON SCHEMA {schemas} FROM PUBLIC, {name}",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {name}",
    "GRANT USAGE ON SCHEMA {schemas} TO {name}",
    f"GRANT {ROWS} ON ALL TABLES IN SCHEMA {{schemas}} TO {{name}}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schemas} TO {name}",
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA {{schemas}} GRANT {ROWS} ON TABLES TO {{name}}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schemas} GRANT USAGE, SELECT ON SEQUENCES TO {name}",
    f"REVOKE UPDATE, DELETE ON {APPEND_ONLY} FROM {{name}}",
    f"REVOKE INSERT, UPDATE, DELETE ON {READ_ONLY} FROM {{name}}",
)
FOR_WORKERS = ("audit_log_prune(integer)", "webhook_log_roll(integer)")


@dataclass(frozen=True)
class DatabaseRole:
    """The role that processes of a kind sign in with."""

    name: str
    process: Process
    password: str = ""


def make_role(cursor: CursorWrapper, role: DatabaseRole) -> bool:
    """Create a role or renew its password, which never travels; return whether the role is there.

    Without a password nothing is made: the administrator has done so.
    """
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.name])
    is_there = cursor.fetchone() is not None
    if not role.password:
        return is_there
    server = cursor.connection.pgconn
    secret = server.encrypt_password(role.password.encode(), role.name.encode(), b"scram-sha-256")
    verb = "ALTER" if is_there else "CREATE"
    statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
    named = (sql.SQL(verb), sql.Identifier(role.name), sql.Literal(secret.decode()))
    cursor.execute(statement.format(*named))
    return True


def grant(cursor: CursorWrapper, role: DatabaseRole) -> None:
    """Grant a role what its processes need, of what is there and of what migrations will add."""
    name = sql.Identifier(role.name)
    schemas = sql.SQL(", ").join(map(sql.Identifier, SCHEMAS))
    cursor.execute("SELECT current_database()")
    database = sql.Identifier(cursor.fetchone()[0])
    for statement in GRANTS:
        cursor.execute(sql.SQL(statement).format(name=name, schemas=schemas, database=database))
    for function in FOR_WORKERS:  # everybody's again after a restore without privileges
        cursor.execute(f"REVOKE ALL ON FUNCTION public.{function} FROM PUBLIC")
    if role.process is Process.WORKER:
        _grant_upkeep(cursor, name)
    elif standbys():
        _let_see_streams(cursor, role)


def limit(cursor: CursorWrapper, role: DatabaseRole, parameters: dict[str, int]) -> None:
    """Make the timeouts those of the role: they hold behind a proxy too, which sets none."""
    statement = sql.SQL("ALTER ROLE {} SET {} = {}")
    for parameter, value in parameters.items():
        named = (sql.Identifier(role.name), sql.Identifier(parameter), sql.Literal(value))
        cursor.execute(statement.format(*named))


def _let_see_streams(cursor: CursorWrapper, role: DatabaseRole) -> None:
    """Let a role see which timeline a standby streams, as it must before it reads there."""
    cursor.execute("SELECT pg_has_role(%s, 'pg_read_all_stats', 'USAGE')", [role.name])
    if not cursor.fetchone()[0]:
        cursor.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(sql.Identifier(role.name)))


def _grant_upkeep(cursor: CursorWrapper, name: sql.Identifier) -> None:
    for function in FOR_WORKERS:
        cursor.execute(sql.SQL(f"GRANT EXECUTE ON FUNCTION public.{function} TO {{}}").format(name))
    if cursor.connection.info.server_version >= MAINTAIN_SINCE:
        tables = sql.SQL(", ").join(map(sql.Identifier, ANALYSED))
        cursor.execute(sql.SQL("GRANT MAINTAIN ON {} TO {}").format(tables, name))
