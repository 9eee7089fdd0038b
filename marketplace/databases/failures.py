"""What a failure of the database means to the one who waits for an answer."""

from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError


@dataclass(frozen=True)
class Failure:
    """A stable code, a sentence for people, and in how many seconds to try again."""

    code: str
    detail: str
    retry_seconds: int = 5


class ConnectionsExhausted(OperationalError):
    """The database is there, but every connection this process may have is in use."""


AWAY = Failure("database_away", "The database cannot be reached. Try again shortly.")
BUSY = Failure("database_busy", "This is waiting for another change to end. Try again shortly.", 2)
COLLIDED = Failure(
    "database_busy", "This and another change were in each other's way. Try again.", 1
)
SLOW = Failure(
    "query_too_slow", "The database takes too long over this. Ask for less, or try again later."
)
EXHAUSTED = Failure(
    "connections_exhausted", "Too much is asked of the database at once. Try again shortly."
)
READ_ONLY = Failure("database_read_only", "Nothing can be changed just now. Try again shortly.")
FAILED = Failure("database_failed", "The database could not do this. Try again shortly.")

# Source: PostgreSQL documentation, appendix A "PostgreSQL Error Codes".
BY_STATE = {
    "55P03": BUSY,  # lock_not_available: by lock_timeout or NOWAIT
    "40P01": COLLIDED,  # deadlock_detected
    "40001": COLLIDED,  # serialization_failure
    "57014": SLOW,  # query_canceled: by statement_timeout
    "25P03": SLOW,  # idle_in_transaction_session_timeout
    "25P04": SLOW,  # transaction_timeout
    "53300": EXHAUSTED,  # too_many_connections
    "25006": READ_ONLY,  # read_only_sql_transaction: a standby
    "57P01": AWAY,  # admin_shutdown
    "57P02": AWAY,  # crash_shutdown
    "57P03": AWAY,  # cannot_connect_now
}
CONNECTION_LOST = "08"  # the class of states that tell of the connection
# pgbouncer tells of its own limits with the state of a broken protocol.
# Source: pgbouncer's documentation of query_wait_timeout and max_client_conn.
LIMITS_OF_PROXY = ("query_wait_timeout", "no more connections allowed")


def failure_of(error: BaseException | None) -> Failure | None:
    """Return what an error tells of the database; None where it is a bug of ours, or no such error.

    Django's error hides psycopg's, and with it the SQLSTATE, in its cause.
    """
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    if isinstance(error, ConnectionsExhausted):
        return EXHAUSTED
    state = sqlstate(error)
    if known := BY_STATE.get(state):
        return known
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if any(words in str(error) for words in LIMITS_OF_PROXY):
        return EXHAUSTED
    return AWAY if not state or state.startswith(CONNECTION_LOST) else FAILED


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's code of an error; empty where the server said nothing."""
    return str(getattr(error.__cause__, "sqlstate", None) or "")
