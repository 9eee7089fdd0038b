"""The fuel that the marks of a derivative amount to."""

from collections.abc import Collection
from decimal import Decimal

from listings.choices import Fuel
from listings.language.derivative.facts import Mark

# Batteries of hybrids that charge themselves hold about 1 to 2 kWh, those of plug-ins 4 to 40;
# nothing sold with an engine as well comes near the smallest long-range electric car.
PLUG_IN_KWH_MIN = Decimal(4)
ELECTRIC_ONLY_KWH_MIN = Decimal(45)
MILD_HYBRID_LITRES_MAX = Decimal(1)


def fuel_of(marks: Collection[Mark]) -> Fuel | None:
    """Return the fuel that marks amount to where nothing is said of the engine's size."""
    return weigh(marks, None, None)


def weigh(marks: Collection[Mark], litres: Decimal | None, kwh: Decimal | None) -> Fuel | None:
    """Return the fuel, or None where the marks say nothing or contradict each other."""
    burnt = _burnt(marks)
    has_engine = litres is not None or burnt is not None
    if Mark.HYDROGEN in marks or Mark.LPG in marks:
        return Fuel.HYDROGEN if Mark.HYDROGEN in marks else Fuel.LPG
    if Mark.PLUG_IN in marks:
        is_electric = not has_engine and kwh is not None and kwh >= ELECTRIC_ONLY_KWH_MIN
        return Fuel.ELECTRIC if is_electric else Fuel.PLUG_IN_HYBRID
    if Mark.MILD_HYBRID in marks:
        return burnt
    if kwh is not None:
        with_engine = Fuel.PLUG_IN_HYBRID if kwh >= PLUG_IN_KWH_MIN else Fuel.HYBRID
        return with_engine if has_engine else Fuel.ELECTRIC
    return _without_battery(marks, litres, burnt)


def _without_battery(
    marks: Collection[Mark], litres: Decimal | None, burnt: Fuel | None
) -> Fuel | None:
    has_engine = litres is not None or burnt is not None
    if Mark.UNCLEAR_HYBRID in marks:
        return None
    if Mark.PLUG_IN_OR_ELECTRIC in marks and Mark.ELECTRIC not in marks:
        return Fuel.PLUG_IN_HYBRID if has_engine else None
    if Mark.ELECTRIC in marks and Mark.HYBRID not in marks:
        fuel = Fuel.ELECTRIC if burnt is None else Fuel.HYBRID  # "Electric/Petrol"
        return fuel if litres is None else None  # "1.5 TSI EV": one is no fuel of this car
    if Mark.HYBRID in marks:
        # Every self-charging "Hybrid" of up to a litre sold in the UK is a mild one.
        is_mild = litres is not None and litres <= MILD_HYBRID_LITRES_MAX
        return burnt if is_mild else Fuel.HYBRID
    if Mark.HYBRID_WITH_ENGINE in marks:
        return Fuel.HYBRID if has_engine else None
    return Fuel.ELECTRIC if litres is None and set(marks) == {Mark.MOTOR} else burnt


def _burnt(marks: Collection[Mark]) -> Fuel | None:
    if Mark.DIESEL in marks:
        return None if Mark.PETROL in marks else Fuel.DIESEL
    if Mark.PETROL in marks or Mark.PERHAPS_PETROL in marks:
        return Fuel.PETROL
    return None
