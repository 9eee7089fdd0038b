"""Connections to the test's database beside Django's own."""

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo


def conninfo() -> str:
    keywords = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    given = {k: str(v) for k, v in connection.get_connection_params().items() if k in keywords}
    return make_conninfo(**given)


def another() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(conninfo())
