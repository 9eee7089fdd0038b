"""Writing a derivative in the trade's order: litres, badge, trim, gearbox, drive, Euro, doors."""

from collections.abc import Iterator

from listings.language.derivative.parser import Reading, read
from listings.language.derivative.patterns import SIZE_LETTERS


def write(reading: Reading) -> str:
    """Return the canonical derivative, which reads back as `reading`."""
    usual = _written(reading, reading.badge, reading.trim)
    if not reading.trim[:1].isdecimal() or read(usual) == reading:
        return usual
    # Behind the badge, a trim that begins with a number would read as the engine's power.
    number, _, trim = reading.trim.partition(" ")
    first, _, badge = reading.badge.partition(" ")
    before = _written(reading, f"{number} {reading.badge}", trim)
    return (
        before if read(before) == reading else _written(reading, f"{first} {number} {badge}", trim)
    )


def _written(reading: Reading, badge: str, trim: str) -> str:
    return " ".join(part for part in _parts(reading, badge, trim) if part)


def _parts(reading: Reading, badge: str, trim: str) -> Iterator[str]:
    yield _engine(reading, badge)
    if reading.engine_cc is not None:
        yield f"{reading.engine_cc}cc"
    if reading.battery_kwh is not None:
        yield f"{reading.battery_kwh}kWh"
    yield from (trim, reading.body, reading.gearbox, reading.drive)
    if reading.euro_standard is not None:
        yield f"Euro {reading.euro_standard.value}"
    if reading.stop_start:
        yield "(s/s)"
    if reading.doors is not None:
        yield f"{reading.doors}dr"
    if reading.seats is not None:
        yield f"[{reading.seats} Seat]"
    yield from (f"[{option}]" for option in reading.options)
    stated = ((reading.power_ps, "ps"), (reading.power_bhp, "bhp"), (reading.power_kw, "kW"))
    yield from (f"({figure} {unit})" for figure, unit in stated if figure is not None)


def _engine(reading: Reading, badge: str) -> str:
    if reading.engine_litres is None:
        return badge
    is_glued = badge.partition(" ")[0] in SIZE_LETTERS
    return f"{reading.engine_litres}{'' if is_glued or not badge else ' '}{badge}"
