"""The labelled derivatives of corpus.txt, and how a reading compares with a label."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from listings.choices import BodyType, Drivetrain, EuroStandard, Fuel, Transmission
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel, read

_FUELS = {
    "p": Fuel.PETROL,
    "d": Fuel.DIESEL,
    "e": Fuel.ELECTRIC,
    "h": Fuel.HYBRID,
    "ph": Fuel.PLUG_IN_HYBRID,
    "lpg": Fuel.LPG,
    "hy": Fuel.HYDROGEN,
}
_TRANSMISSIONS = {"a": Transmission.AUTOMATIC, "m": Transmission.MANUAL}
_DRIVETRAINS = {
    "f": Drivetrain.FRONT_WHEEL,
    "r": Drivetrain.REAR_WHEEL,
    "4": Drivetrain.FOUR_WHEEL,
}
# The corpus's short label: the field of a reading, and how its value is written.
_LABELS: dict[str, tuple[str, Callable[[str], object]]] = {
    "l": ("engine_litres", Decimal),
    "cc": ("engine_cc", int),
    "k": ("battery_kwh", Decimal),
    "p": ("power_ps", int),
    "b": ("power_bhp", int),
    "kw": ("power_kw", int),
    "f": ("fuel", _FUELS.__getitem__),
    "t": ("transmission", _TRANSMISSIONS.__getitem__),
    "w": ("drivetrain", _DRIVETRAINS.__getitem__),
    "e": ("euro_standard", lambda text: EuroStandard(int(text))),
    "s": ("stop_start", lambda text: text == "1"),
    "d": ("doors", int),
    "n": ("seats", int),
    "y": ("body_type", BodyType),
}
FIELDS = tuple(name for name, _ in _LABELS.values())


@dataclass(frozen=True)
class Labelled:
    make: str
    model: str
    derivative: str
    expected: dict[str, object]


@dataclass
class Score:
    """Counts by field: stated in the text, read right, and read wrong (stated or not)."""

    stated: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def rate(self, name: str) -> float:
        return self.right[name] / self.stated[name]


def labelled() -> list[Labelled]:
    lines = (Path(__file__).parent / "corpus.txt").read_text(encoding="utf-8").splitlines()
    return [_labelled(line) for line in lines if line and not line.startswith("#")]


def catalogue() -> Catalogue:
    """Return the corpus's makes and models, with the aliases that dealers use."""
    aliases = {
        "Mercedes-Benz": ("Mercedes", "Merc"),
        "Volkswagen": ("VW",),
        "Land Rover": ("Landrover",),
        "Citroen": ("Citroën",),
    }
    models: dict[str, dict[str, None]] = {}
    for row in labelled():
        models.setdefault(row.make, {})[row.model] = None
    return Catalogue(
        tuple(
            CatalogueMake(
                make,
                (make, *aliases.get(make, ())),
                tuple(CatalogueModel(model, (model,)) for model in names),
            )
            for make, names in models.items()
        )
    )


def score(rows: Iterable[Labelled]) -> Score:
    result = Score()
    for row in rows:
        parsed = read(row.derivative)
        for name in FIELDS:
            expected, value = row.expected.get(name), getattr(parsed, name)
            result.stated[name] += expected is not None
            result.right[name] += expected is not None and value == expected
            if value is not None and value != expected:
                result.wrong.append(f"{row.derivative}: {name} {value}, not {expected}")
    return result


def _labelled(line: str) -> Labelled:
    make, model, derivative, labels = line.split("|")
    expected: dict[str, object] = {}
    for label in labels.split():
        name, parse = _LABELS[label.split("=")[0]]
        expected[name] = parse(label.split("=")[1])
    return Labelled(make, model, derivative, expected)
