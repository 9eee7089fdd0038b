"""How many days the database keeps the audit log: its owner alone says so, in a function.

A table would be changed by whoever may write rows, and a setting by any session.
"""

from django.db.backends.utils import CursorWrapper
from psycopg import sql

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('audit_kept_days'))"
_INSTALLED = """
    SELECT prosrc, pg_has_role(proowner, 'USAGE') FROM pg_proc
    WHERE proname = 'audit_kept_days' AND pronamespace = 'public'::regnamespace
"""
_INSTALL = """
    CREATE OR REPLACE FUNCTION public.audit_kept_days() RETURNS integer LANGUAGE sql STABLE AS {}
"""


def keep_audit_log(cursor: CursorWrapper, *, days: int) -> None:
    """Keep events for so many days from now on, as the owner; other roles change nothing.

    Call it in a transaction: of two at once, one waits.
    """
    body = f"SELECT {days:d}"
    cursor.execute(_LOCK)
    cursor.execute(_INSTALLED)
    installed, is_owner = cursor.fetchone() or (None, True)
    if is_owner and installed != body:
        cursor.execute(sql.SQL(_INSTALL).format(sql.Literal(body)))
