"""Which database a query goes to: the primary, unless a public read was sent to a standby."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections, models

from marketplace.databases import standbys
from marketplace.databases.base import DatabaseWrapper

PRIMARY = DEFAULT_DB_ALIAS


class ReadRoute:
    """Where one request, or one round of a reader, reads; it never goes back to older data."""

    def __init__(self, *, after: int = 0) -> None:
        """`after` is the place in the log of writes that what is read has to be past."""
        self.after = after
        self._stays = False
        self.used: set[str] = set()
        self.alias = PRIMARY

    def open(self) -> None:
        """Read from a standby from now on, where one may answer."""
        self.alias = PRIMARY if self._stays else standbys.choose(self.after) or PRIMARY
        if self.alias != PRIMARY:
            self.used.add(self.alias)

    def require(self, after: int) -> None:
        """Read only what is past a place in the log of writes."""
        self.after = max(self.after, after)
        if self.alias != PRIMARY and not standbys.may_answer(self.alias, self.after):
            self.open()

    def stay_at_primary(self) -> None:
        """Read there from now on, as after a write, which it alone has."""
        self._stays, self.alias = True, PRIMARY

    def shown_up_to(self) -> int:
        """Return the place in the log of writes that all it has read so far lies before."""
        with read_connection().cursor() as cursor:
            cursor.execute(f"SELECT {standbys.SHOWN_UP_TO}")
            return int(cursor.fetchone()[0])

    def failed(self) -> list[str]:
        """Return the standbys that failed on the way."""
        return [alias for alias in self.used if connections[alias].errors_occurred]


_route: ContextVar[ReadRoute | None] = ContextVar("read_route", default=None)


@contextmanager
def read_route(*, after: int = 0) -> Iterator[ReadRoute]:
    """Give the queries of the block a route of their own, which begins at the primary."""
    token = _route.set(ReadRoute(after=after))
    try:
        yield cast("ReadRoute", _route.get())
    finally:
        _route.reset(token)


def current_route() -> ReadRoute | None:
    return _route.get()


def read_alias() -> str:
    """Return where a read goes now: to the primary too while a transaction is open there."""
    route = _route.get()
    if route is None or route.alias == PRIMARY or connections[PRIMARY].in_atomic_block:
        return PRIMARY
    return route.alias


def read_connection() -> DatabaseWrapper:
    """Return the connection that statements of our own read by, as the ORM does."""
    return cast("DatabaseWrapper", connections[read_alias()])


def require_replayed(after: int) -> None:
    """Let the current route, where there is one, read only what is past a place in the log."""
    route = _route.get()
    if route is not None:
        route.require(after)


class StandbyRouter:
    """Django's database router."""

    def db_for_read(self, _model: type[models.Model], **_hints: Any) -> str:
        return read_alias()

    def db_for_write(self, _model: type[models.Model], **_hints: Any) -> str:
        route = _route.get()
        if route is not None:
            route.stay_at_primary()
        return PRIMARY

    def allow_relation(self, *_rows: models.Model, **_hints: Any) -> bool:
        return True  # the same rows, wherever they were read

    def allow_migrate(self, db: str, *_app: str, **_hints: Any) -> bool:
        return db == PRIMARY
