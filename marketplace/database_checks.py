"""Whether the database and its standbys are as they have to be."""

import ipaddress
import time
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connection, connections

from marketplace.databases.old_tables import old_tables
from marketplace.databases.standbys import PROBE_SECONDS, standbys
from marketplace.health import applied_migrations, expected_migrations
from marketplace.verdicts import Verdict, Verdicts, first_line

CLOCK_SECONDS_MAX = 2.0

_SLOTS = """
    SELECT slot_name, coalesce(pg_current_wal_lsn() - restart_lsn, 0) FROM pg_replication_slots
    WHERE NOT active AND restart_lsn IS NOT NULL ORDER BY slot_name
"""


def look_at_database() -> Verdicts:
    """Look at its version, its clock and the way there."""
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
    session = connection.connection
    yield from look_at_encryption(
        session.info.hostaddr,
        mode=session.info.get_parameters().get("sslmode", "prefer"),
        is_encrypted=session.pgconn.ssl_in_use,
    )


def look_at_encryption(address: str, *, mode: str, is_encrypted: bool) -> Verdicts:
    """Look at the way to the server: `address` is empty for a socket of this machine.

    Only with the mode `verify-full` (or `verify-ca`) is it certain whose server has answered.
    """
    if not address or ipaddress.ip_address(address).is_loopback:
        return
    way = f"The way to PostgreSQL at {address}"
    if not is_encrypted:
        text = f"{way} is not encrypted: across a network add ?sslmode=verify-full to DATABASE_URL."
        yield Verdict.DOUBTFUL, text
    elif not mode.startswith("verify-"):
        text = (
            f"{way} is encrypted, and whose server it is nobody checks: sslmode=verify-full does."
        )
        yield Verdict.DOUBTFUL, text
    else:
        yield Verdict.FINE, f"{way} is encrypted, and its certificate checked."


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


def look_at_old_tables() -> Verdicts:
    """Look for what only the version before needs; secrets may stand in it in the clear."""
    if left := old_tables():
        text = f"{', '.join(left)} serve the version before: once no process of it runs"
        yield Verdict.DOUBTFUL, f"{text}, `manage.py drop_old_tables` as their owner."


def look_at_time_zones() -> Verdicts:
    """Ask for an hour of summer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ('2026-07-01 12:00Z'::timestamptz AT TIME ZONE 'Europe/London')")
        (london,) = cursor.fetchone()
    if london.hour == 13:
        yield Verdict.FINE, "The database knows London's summer time."
    else:
        yield Verdict.WRONG, "The database does not know London's summer time."
