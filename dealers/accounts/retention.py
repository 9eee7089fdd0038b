"""Forgetting what is no longer needed about people."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from dealers.audit import prune_audit_events
from dealers.models import Invitation
from dealers.session_store import SessionStore

INVITATIONS_KEPT = timedelta(days=30)  # past their end, so that an owner sees who never came


def prune_accounts() -> int:
    """Delete ended sessions, old invitations, failures that count no more and old events.

    Returns how many events of the audit log went. Safe twice, and at any time.
    """
    now = timezone.now()
    SessionStore.clear_expired()
    Invitation.objects.filter(expires_at__lt=now - INVITATIONS_KEPT).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    return prune_audit_events(days=settings.AUDIT_KEPT_DAYS)
