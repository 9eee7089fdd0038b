"""What staff change about dealers and people goes into the audit log as well."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from dealers import audit, team
from dealers.admin.actor import staff_actor
from dealers.models import AuditEvent, Membership
from dealers.permissions import Actor
from dealers.suspension import REASON_LENGTH_MAX


class Audited:
    """Writes an event beside each entry of Django's own log, in the same transaction.

    The event names the fields that changed and none of their values.
    """

    audit_kind: AuditEvent.AuditKind

    def audited_dealer(self, obj: Any) -> int | None:
        return None

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return self._record(request, obj, super().log_addition(request, obj, message))  # type: ignore[misc]  # a mixin

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return self._record(request, obj, super().log_change(request, obj, message))  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> Any:
        for obj in queryset:
            self._write(request, obj, "Deleted.")
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save members by their verbs, which write events of their own."""
        if formset.model is Membership:
            _save_team(formset, staff_actor(request))
        else:
            super().save_formset(request, form, formset, change)  # type: ignore[misc]

    def _record(self, request: HttpRequest, obj: Model, entry: Any) -> Any:
        self._write(request, obj, entry.get_change_message())
        return entry

    def _write(self, request: HttpRequest, obj: Model, said: str) -> None:
        audit.record(
            self.audit_kind,
            actor=staff_actor(request),
            dealer_id=self.audited_dealer(obj),
            subject=str(obj),
            reason=said[:REASON_LENGTH_MAX],
        )


def _save_team(formset: Any, actor: Actor) -> None:
    """Add before removing, so that an owner can be replaced on one page."""
    formset.save(commit=False)
    moved = [row for row, fields in formset.changed_objects if {"user", "dealer"} & {*fields}]
    former = list(Membership.objects.filter(pk__in=[row.pk for row in moved]))
    for row in [*formset.new_objects, *moved]:
        team.add_member(dealer_id=row.dealer_id, user_id=row.user_id, role=row.role, actor=actor)
    for row, _fields in formset.changed_objects:
        if row not in moved:
            team.change_role(
                dealer_id=row.dealer_id, user_id=row.user_id, role=row.role, actor=actor
            )
    for row in [*former, *formset.deleted_objects]:
        team.remove_member(dealer_id=row.dealer_id, user_id=row.user_id, actor=actor)
