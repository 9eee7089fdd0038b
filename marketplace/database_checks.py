"""Whether the database and its standbys are as they have to be."""

import time
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connection, connections

from marketplace.databases.standbys import PROBE_SECONDS, standbys
from marketplace.health import applied_migrations, expected_migrations
from marketplace.verdicts import Verdict, Verdicts, first_line

CLOCK_SECONDS_MAX = 2.0

_SLOTS = """
    SELECT slot_name, coalesce(pg_current_wal_lsn() - restart_lsn, 0) FROM pg_replication_slots
    WHERE NOT active AND restart_lsn IS NOT NULL ORDER BY slot_name
"""


def look_at_database() -> Verdicts:
    """Look at its version and its clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, clock_timestamp()")
        version, now = cursor.fetchone()
    if version < 160_000:
        yield Verdict.WRONG, f"PostgreSQL {version // 10_000} is too old: 16 is needed."
    else:
        yield Verdict.FINE, f"PostgreSQL {version // 10_000} answers."
    off = abs((datetime.now(UTC) - now).total_seconds())
    if off > CLOCK_SECONDS_MAX:
        yield Verdict.WRONG, f"This machine's clock and the database's are {off:.0f} s apart."


def look_at_standbys() -> Verdicts:
    """Look at those of the settings, and at what the primary keeps for any that is gone."""
    for alias, standby in standbys().items():
        try:
            progress = standby.look()
            if progress.trouble:  # it is judged by what the primary had written before
                time.sleep(PROBE_SECONDS)
                progress = standby.look()
        except (DatabaseError, InterfaceError) as error:
            connections[alias].close()
            yield Verdict.WRONG, f"{alias}: {first_line(error)}"
            continue
        if progress.trouble:
            yield Verdict.WRONG, f"{alias} is left alone: {progress.trouble}"
        else:
            yield Verdict.FINE, f"{alias} answers, {progress.lag:.1f} s behind."
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS)
        unread = cursor.fetchall()
    for name, size in unread:
        text = f"The replication slot {name} has no standby, and keeps {size / 2**20:,.0f} MB"
        yield Verdict.DOUBTFUL, f"{text} of the log of writes: it grows until the disk is full."


def look_at_migrations() -> Verdicts:
    """Look whether all are applied."""
    pending = expected_migrations() - applied_migrations()
    if pending:
        yield Verdict.WRONG, f"{len(pending)} apps are not migrated: run `manage.py migrate`."
    else:
        yield Verdict.FINE, "Every migration is applied."


def look_at_time_zones() -> Verdicts:
    """Ask for an hour of summer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ('2026-07-01 12:00Z'::timestamptz AT TIME ZONE 'Europe/London')")
        (london,) = cursor.fetchone()
    if london.hour == 13:
        yield Verdict.FINE, "The database knows London's summer time."
    else:
        yield Verdict.WRONG, "The database does not know London's summer time."
