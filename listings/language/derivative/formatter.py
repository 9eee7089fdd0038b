"""Writing a derivative in the trade's order: litres, badge, trim, gearbox, drive, Euro, doors."""

from collections.abc import Iterator

from listings.language.derivative.parsed_derivative import ParsedDerivative
from listings.language.derivative.parser import read
from listings.language.derivative.patterns import SIZE_LETTERS


def write(parsed: ParsedDerivative) -> str:
    """Return the canonical derivative, which reads back as `parsed`."""
    usual = _written(parsed, parsed.badge, parsed.trim)
    if not parsed.trim[:1].isdecimal() or read(usual) == parsed:
        return usual
    # Behind the badge, a trim that begins with a number would read as the engine's power.
    number, _, trim = parsed.trim.partition(" ")
    first, _, badge = parsed.badge.partition(" ")
    before = _written(parsed, f"{number} {parsed.badge}", trim)
    return before if read(before) == parsed else _written(parsed, f"{first} {number} {badge}", trim)


def _written(parsed: ParsedDerivative, badge: str, trim: str) -> str:
    return " ".join(part for part in _parts(parsed, badge, trim) if part)


def _parts(parsed: ParsedDerivative, badge: str, trim: str) -> Iterator[str]:
    yield _engine(parsed, badge)
    if parsed.engine_cc is not None:
        yield f"{parsed.engine_cc}cc"
    if parsed.battery_kwh is not None:
        yield f"{parsed.battery_kwh}kWh"
    yield from (trim, parsed.body, parsed.gearbox, parsed.drive)
    if parsed.euro_standard is not None:
        yield f"Euro {parsed.euro_standard.value}"
    if parsed.stop_start:
        yield "(s/s)"
    if parsed.doors is not None:
        yield f"{parsed.doors}dr"
    if parsed.seats is not None:
        yield f"[{parsed.seats} Seat]"
    yield from (f"[{option}]" for option in parsed.options)
    stated = ((parsed.power_ps, "ps"), (parsed.power_bhp, "bhp"), (parsed.power_kw, "kW"))
    yield from (f"({figure} {unit})" for figure, unit in stated if figure is not None)


def _engine(parsed: ParsedDerivative, badge: str) -> str:
    if parsed.engine_litres is None:
        return badge
    is_glued = badge.partition(" ")[0] in SIZE_LETTERS
    return f"{parsed.engine_litres}{'' if is_glued or not badge else ' '}{badge}"
