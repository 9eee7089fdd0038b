"""What a derivative says of a car, as a key that equal cars share however it is written."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from listings.language.derivative import ParsedDerivative, read

TEXT_MAX = 200
_WORD = re.compile(r"[a-z0-9]++")


class Specification(NamedTuple):
    """`key` is the engine, the badge and the trim, `trim` the trim alone; empty where unsaid.

    Numbers are None where the text does not state them; `body_type` and `drivetrain` are empty.
    """

    key: str
    trim: str
    engine_cc: float | None
    power_bhp: float | None
    doors: int | None
    body_type: str
    drivetrain: str


@lru_cache(maxsize=100_000)
def specification_of(derivative: str) -> Specification:
    """Return what a derivative says; never raises."""
    parsed = read(derivative[:TEXT_MAX])
    trim = _normal(parsed.trim)
    engine = _engine_cc(parsed)
    power = parsed.brake_horsepower
    says = [
        str(round(engine / 100)) if engine else "",
        _normal(parsed.badge),
        str(power or ""),
        trim,
        parsed.drivetrain or "",
    ]
    return Specification(
        key="|".join(says) if any(says) else "",
        trim=trim,
        engine_cc=engine,
        power_bhp=power,
        doors=parsed.doors,
        body_type=parsed.body_type or "",
        drivetrain=parsed.drivetrain or "",
    )


def _engine_cc(parsed: ParsedDerivative) -> float | None:
    if parsed.engine_cc:
        return float(parsed.engine_cc)
    return float(parsed.engine_litres * 1_000) if parsed.engine_litres else None


def _normal(text: str) -> str:
    return " ".join(_WORD.findall(unicodedata.normalize("NFKD", text).casefold()))
