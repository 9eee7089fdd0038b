"""Completing an advert's fields from its derivative, without overruling what the dealer stated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from listings.language.derivative.parsed_derivative import ParsedDerivative

# Makers round the size they name: 1149, 1242 and 2143 cc are sold as 1.2, 1.2 and 2.2.
CC_TOLERANCE = 75
# PS, bhp and kW are rounded and mistaken for each other: 150 PS are 148 bhp.
POWER_TOLERANCE = Decimal("0.04")
# Gross and usable capacity of one battery differ: 62 and 58 kWh.
BATTERY_TOLERANCE = Decimal("0.10")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A field where the dealer's value and the derivative's disagree; the dealer's stands."""

    field: str
    stated: object
    read: object


@dataclass(frozen=True, slots=True)
class Filled:
    """`added` holds only the fields that were missing, by their names on `Listing`."""

    added: Mapping[str, object]
    contradictions: tuple[Contradiction, ...]


def fill(stated: Mapping[str, object], parsed: ParsedDerivative) -> Filled:
    """Return what `parsed` adds to the fields `stated`, and where the two contradict.

    A field counts as missing when it is absent, None or an empty string. An engine's size that
    is known in litres only is added as the round figure: 2.0 as 2000 cc.
    """
    return fill_with(stated, advert_fields(parsed))


def fill_with(stated: Mapping[str, object], said: Mapping[str, object]) -> Filled:
    """Do as `fill` does with what `advert_fields` returned."""
    added: dict[str, object] = {}
    contradictions = []
    for field, value in said.items():
        current = stated.get(field)
        if current is None or current == "":
            added[field] = value
        elif current != value and not _AGREE.get(field, _is_same)(current, value):
            contradictions.append(Contradiction(field, current, value))
    return Filled(added, tuple(contradictions))


def advert_fields(parsed: ParsedDerivative) -> dict[str, object]:
    """Return what a derivative states, by the fields of an advert."""
    engine_cc = parsed.engine_cc
    if engine_cc is None and parsed.engine_litres is not None:
        engine_cc = int(parsed.engine_litres * 1000)
    fields = {
        "fuel": parsed.fuel,
        "transmission": parsed.transmission,
        "doors": parsed.doors,
        "seats": parsed.seats,
        "body_type": parsed.body_type,
        "drivetrain": parsed.drivetrain,
        "engine_cc": engine_cc,
        "power_bhp": parsed.brake_horsepower,
        "battery_kwh": parsed.battery_kwh,
        "euro_standard": parsed.euro_standard,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _is_same(stated: object, read: object) -> bool:
    return stated == read or str(stated) == str(read)


def _is_close(tolerance: Callable[[Decimal | int], Decimal]) -> Callable[[object, object], bool]:
    def agree(stated: object, read: object) -> bool:
        if isinstance(stated, int) and isinstance(read, int):
            return abs(stated - read) <= tolerance(read)
        try:
            figure, expected = Decimal(str(stated)), Decimal(str(read))
        except InvalidOperation:
            return False
        return abs(figure - expected) <= tolerance(expected)

    return agree


_AGREE: Mapping[str, Callable[[object, object], bool]] = {
    "engine_cc": _is_close(lambda _: Decimal(CC_TOLERANCE)),
    "power_bhp": _is_close(lambda expected: max(Decimal(3), expected * POWER_TOLERANCE)),
    "battery_kwh": _is_close(lambda expected: expected * BATTERY_TOLERANCE),
}
