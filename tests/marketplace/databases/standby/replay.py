"""A standby's replay: stopped, gone on with, and waited for."""

from django.db import connections

from marketplace.databases.standbys import standbys
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.standby.servers import STANDBY, Cluster


def pause(standby: Cluster) -> None:
    caught_up(standby)
    standby.ask("SELECT pg_wal_replay_pause()")
    wait_until(lambda: standby.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")


def resume(standby: Cluster) -> None:
    if standby.answers() and standby.ask("SELECT pg_is_in_recovery()"):
        standby.ask("SELECT pg_wal_replay_resume()")


def caught_up(standby: Cluster) -> None:
    """Wait until a standby shows all that is written, and this process knows that."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        (written,) = cursor.fetchone()
    wait_until(lambda: standbys()[STANDBY].progress().replayed >= written)
    wait_until(lambda: not standbys()[STANDBY].progress().trouble)
