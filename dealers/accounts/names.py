"""What somebody is called."""

from django.db import transaction

from dealers import audit
from dealers.models import AuditEvent, User
from dealers.permissions import Actor


@transaction.atomic
def change_name(*, user_id: int, full_name: str) -> User:
    """Change one's own name; the audit log keeps that it changed, and not the names."""
    user = User.objects.select_for_update().get(pk=user_id)
    user.full_name = full_name.strip()
    user.save(update_fields=["full_name"])
    audit.record(AuditEvent.AuditKind.USER_CHANGED, actor=Actor.person(user_id), subject="Name")
    return user
