"""When a branch is open: one span for each weekday, days without one are closed."""

import re
from typing import Any

from django.core.exceptions import ValidationError

from listings.choices import Weekday

DAYS = tuple(Weekday.values)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_KEYS = {"day", "opens", "closes"}


def validate_hours(spans: Any) -> None:
    """Raise ValidationError unless this is a list of {day, opens, closes} in the week's order.

    Times are of the branch's clock, such as "09:00"; a span ends on the day it began.
    """
    if not isinstance(spans, list) or not all(_is_span(span) for span in spans):
        raise ValidationError("Opening hours are days with two times, such as 09:00 and 17:30.")
    for span in spans:
        if span["opens"] >= span["closes"]:
            raise ValidationError(f"{span['day'].capitalize()}: it closes before it opens.")
    days = [DAYS.index(span["day"]) for span in spans]
    if days != sorted(set(days)):
        raise ValidationError("Each day comes once, Monday first.")


def _is_span(span: Any) -> bool:
    return (
        isinstance(span, dict)
        and span.keys() == _KEYS
        and span["day"] in DAYS
        and _is_time(span["opens"])
        and _is_time(span["closes"])
    )


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None
