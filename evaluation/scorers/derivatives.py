"""Derivatives: what is stated must be read, and what is not must stay empty."""

from collections.abc import Sequence
from decimal import Decimal

from evaluation.figures import Share, Tally
from evaluation.labelled_sets import Case
from evaluation.spellings import key
from listings.language.derivative import ParsedDerivative, read

# The fields of a table's rows, and what each must reach.
FIELDS = {
    "doors": 0.9997,
    "engine_litres": 0.995,
    "fuel": 0.992,
    "transmission": 0.98,
    "body_type": None,
    "drivetrain": None,
    "seats": None,
    "power_bhp": None,
}
WRONG_MAX = 0.003


def score(cases: Sequence[Case]) -> Tally:
    """Score readings of `text`.

    `expect` must be read, `absent` must stay empty, `not` lists values that would be wrong; a field
    in none of them is not judged. A wrong value is counted among the values read that are judged.
    """
    tally = Tally()
    read_right = {name: tally.share(name, must) for name, must in FIELDS.items()}
    trim = tally.share("trim")
    wrong = tally.share("a wrong value, of the values read", WRONG_MAX, is_of_faults=True)
    faulty = tally.share("derivatives with a wrong value", is_of_faults=True)
    for case in cases:
        found, mistaken = _values(read(case["text"])), []
        for name, share in read_right.items():
            value, expected = found[name], case["expect"].get(name)
            told = f"{_called(case)}: {name} {value}, not {expected}"
            if expected is not None:
                share.add(is_one=_is_same(name, value, expected), case=told)
            if value is not None and _is_judged(case, name):
                wrong.add(is_one=_is_wrong(case, name, value), case=told)
                mistaken += [told] * _is_wrong(case, name, value)
        faulty.add(is_one=bool(mistaken), case="; ".join(mistaken))
        _add_trim(trim, case, str(found["trim"]))
    return tally


def _add_trim(share: Share, case: Case, said: str) -> None:
    """Count a trim that begins with the seller's word for it."""
    expected = case["expect"].get("trim")
    if expected is not None:
        told = f"{_called(case)}: trim {said!r}, not {expected!r}"
        share.add(is_one=key(said).startswith(key(expected)), case=told)


def _values(parsed: ParsedDerivative) -> dict[str, object]:
    names = set(FIELDS) - {"power_bhp"}
    stated = {name: getattr(parsed, name) for name in (*names, "trim")}
    return {**stated, "power_bhp": parsed.brake_horsepower}


def _is_judged(case: Case, name: str) -> bool:
    return name in case["expect"] or name in case.get("absent", ()) or name in case.get("not", {})


def _is_wrong(case: Case, name: str, value: object) -> bool:
    if name in case["expect"]:
        return not _is_same(name, value, case["expect"][name])
    return name in case.get("absent", ()) or str(value) in map(str, case["not"][name])


def _is_same(name: str, value: object, expected: object) -> bool:
    """Compare, converted power within one."""
    if value is None:
        return False
    if name == "power_bhp":
        return abs(Decimal(str(value)) - Decimal(str(expected))) <= 1
    if name == "engine_litres":
        return Decimal(str(value)) == Decimal(str(expected))
    return str(value) == str(expected)


def _called(case: Case) -> str:
    return f"{case['id']} {case['text']}"
