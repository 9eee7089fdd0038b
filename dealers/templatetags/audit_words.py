"""What an event of the audit log changed, in words."""

from typing import Any

from django import template

from dealers.hours import describe_hours
from dealers.models import AuditEvent

register = template.Library()


@register.filter
def change_lines(event: AuditEvent) -> list[str]:
    """Return such as "role: sales to manager", a line for each field."""
    changes: dict[str, list[Any]] = event.changes or {}
    return [
        f"{name.replace('_', ' ')}: {_word(before)} to {_word(after)}"
        for name, (before, after) in changes.items()
    ]


def _word(value: Any) -> str:
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return ", ".join(f"{days} {hours}" for days, hours in describe_hours(value))
    return str(value)
