"""Ending sessions: the browser is signed out with its next request."""

from django.db import transaction

from dealers import audit
from dealers.accounts.exceptions import SessionNotFound
from dealers.models import AuditEvent, Session
from dealers.permissions import Actor
from dealers.session_store import key_hash


@transaction.atomic
def end_session(*, user_id: int, session_hash: str) -> None:
    """End one session of a person, named by the hash of its key; raises `SessionNotFound`."""
    deleted, _ = Session.objects.filter(user_id=user_id, pk=session_hash).delete()
    if not deleted:
        raise SessionNotFound("This session has ended already.")
    audit.record(AuditEvent.AuditKind.SESSION_ENDED, actor=Actor.person(user_id))


@transaction.atomic
def end_other_sessions(*, user_id: int, kept_session: str) -> int:
    """End all sessions of a person but one; return how many."""
    ended = end_sessions(user_id=user_id, kept_session=kept_session)
    if ended:
        changes: dict[str, list[object]] = {"sessions": [ended + 1, 1]}
        audit.record(
            AuditEvent.AuditKind.SESSION_ENDED, actor=Actor.person(user_id), changes=changes
        )
    return ended


def end_sessions(*, user_id: int, kept_session: str | None) -> int:
    """End sessions as part of another change, which writes its own event."""
    rows = Session.objects.filter(user_id=user_id)
    if kept_session is not None:
        rows = rows.exclude(pk=key_hash(kept_session))
    deleted, _ = rows.delete()
    return deleted
