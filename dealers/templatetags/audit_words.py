"""What an event of the audit log changed, in words."""

from typing import Any

from django import template

from dealers.models import AuditEvent
from listings.site.opening_hours import describe_hours

register = template.Library()

_NOTHING: tuple[Any, ...] = (None, "", [])


@register.filter
def change_lines(event: AuditEvent) -> list[str]:
    """Return such as "role: sales to manager", a line for each field."""
    changes: dict[str, list[Any]] = event.changes or {}
    return [
        f"{name.removeprefix('is_').replace('_', ' ')}: {_change(before, after)}"
        for name, (before, after) in changes.items()
    ]


def _change(before: Any, after: Any) -> str:
    if before in _NOTHING:
        return _word(after)
    if after in _NOTHING:
        return f"no longer {_word(before)}"
    return f"{_word(before)} to {_word(after)}"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return ", ".join(f"{days} {hours}" for days, hours in describe_hours(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
