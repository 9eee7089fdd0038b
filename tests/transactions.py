"""Other tests run in the same cluster, and a snapshot names what is running in all of it."""

import time

from django.db import connection

SECONDS = 100.0


def outlive_others() -> None:
    """Return once no transaction is left that was running when this was called."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        latest = cursor.fetchone()[0]
        deadline = time.monotonic() + SECONDS
        while True:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8", [latest]
            )
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < deadline, "another test's transaction does not end"
            time.sleep(0.02)
