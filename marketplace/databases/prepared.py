"""Statements that each session of the database plans once, where planning is most of the work."""

from typing import Any
from weakref import WeakSet

from django.db import NotSupportedError

from marketplace.databases.base import DatabaseWrapper
from marketplace.databases.read_routes import read_connection


class PreparedStatement:
    """A SELECT of one parameter, `$1`, that is asked for again and again.

    PostgreSQL plans it for each of the first five values, and then keeps one plan for all. A
    session that is new, after a loss or a fork, prepares it anew.
    """

    def __init__(self, name: str, kind: str, text: str) -> None:
        """`kind` is the type of the parameter."""
        self._prepare = f"PREPARE {name} ({kind}) AS {text}"
        self._execute = f"EXECUTE {name} (%s)"
        self._deallocate = f"DEALLOCATE {name}"
        self._unprepared = text.replace("$1", "%s")
        self._sessions: WeakSet[Any] = WeakSet()

    def rows(self, value: list[Any]) -> list[tuple[Any, ...]]:
        connection = read_connection()
        with connection.cursor() as cursor:
            # Behind a proxy every transaction has another session.
            if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
                cursor.execute(self._unprepared, [value])
                return list(cursor)
            session: Any = connection.connection
            if session not in self._sessions:
                self._enter(connection, self._prepare)
            try:
                cursor.execute(self._execute, [value])
            except NotSupportedError:  # a migration has changed the type of a column since
                self._sessions.discard(session)
                self._enter(connection, self._deallocate, self._prepare)
                cursor.execute(self._execute, [value])
            return list(cursor)

    def _enter(self, connection: DatabaseWrapper, *statements: str) -> None:
        session: Any = connection.connection
        with connection.wrap_database_errors:
            for statement in statements:
                session.execute(statement)
        self._sessions.add(session)
