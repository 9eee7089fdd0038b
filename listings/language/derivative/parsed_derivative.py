"""What a derivative states."""

from dataclasses import dataclass, field
from decimal import Decimal

from listings.choices import BodyType, Drivetrain, EuroStandard, Fuel, Transmission
from listings.language.derivative.facts import Facts
from listings.language.quantities import units

_FIELD_OF = {"spelled_doors": "doors"}


@dataclass(frozen=True, slots=True)
class ParsedDerivative:
    """What a derivative states; None, or empty words, where it states nothing.

    `badge`, `trim`, `body`, `gearbox` and `drive` keep the words themselves, in the text's order;
    `options` are the packs named in brackets. Power is as stated: PS, bhp or kW. `evidence` is each
    stretch that states something, and what.
    """

    engine_litres: Decimal | None = None
    engine_cc: int | None = None
    battery_kwh: Decimal | None = None
    power_ps: int | None = None
    power_bhp: int | None = None
    power_kw: int | None = None
    fuel: Fuel | None = None
    transmission: Transmission | None = None
    drivetrain: Drivetrain | None = None
    euro_standard: EuroStandard | None = None
    stop_start: bool | None = None
    doors: int | None = None
    seats: int | None = None
    body_type: BodyType | None = None
    badge: str = ""
    trim: str = ""
    body: str = ""
    gearbox: str = ""
    drive: str = ""
    options: tuple[str, ...] = ()
    evidence: tuple[tuple[str, Facts], ...] = field(default=(), compare=False, repr=False)

    @property
    def deciding_words(self) -> dict[str, tuple[str, ...]]:
        """Return the words that decided each field that is stated, by the field's name."""
        decided: dict[str, list[str]] = {}
        for text, facts in self.evidence:
            names = [_FIELD_OF.get(name, name) for name in facts.says]
            for name in (*names, *(["fuel"] if facts.marks else [])):
                if getattr(self, name) is not None:
                    decided.setdefault(name, []).append(text)
        return {name: tuple(words) for name, words in decided.items()}

    @property
    def brake_horsepower(self) -> int | None:
        """The power in bhp, converted from kW or PS: beside kW, "hp" is PS."""
        if self.power_kw is not None:
            return round(self.power_kw * units()["kw"].factor)
        if self.power_bhp is not None or self.power_ps is None:
            return self.power_bhp
        return round(self.power_ps * units()["ps"].factor)
