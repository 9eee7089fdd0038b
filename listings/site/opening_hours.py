"""When a branch is open, in words."""

from collections.abc import Mapping, Sequence

from listings.choices import Weekday


def describe_hours(spans: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Return (days, hours) for people; neighbours with the same hours share a line."""
    lines: list[tuple[list[str], str]] = []
    known = {span["day"]: f"{span['opens']}–{span['closes']}" for span in spans}  # noqa: RUF001
    for day in Weekday.values:
        hours = known.get(day, "closed")
        if lines and lines[-1][1] == hours:
            lines[-1][0].append(day)
        else:
            lines.append(([day], hours))
    return [(_name(days), hours) for days, hours in lines]


def _name(days: list[str]) -> str:
    short = [day[:3].capitalize() for day in days]
    return short[0] if len(short) == 1 else f"{short[0]} to {short[-1]}"
