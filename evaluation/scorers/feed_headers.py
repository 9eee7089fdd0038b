"""Headers of feeds: which field each is suggested for."""

from collections.abc import Mapping, Sequence

from dealers.feeds.columns import ColumnSuggestion, suggest
from dealers.feeds.columns.mapping import JOINED, group_key
from evaluation.figures import Tally
from evaluation.labelled_sets import Case

_CALLED = {"status": "availability", "photo_urls": "photos", "currency": "price_extra"}
_SEVERAL = frozenset({*JOINED, "availability"})


def score(cases: Sequence[Case]) -> Tally:
    """Score the field of each header; null is none, and may be one of two headers of a field."""
    tally = Tally()
    right = tally.share("field of a header as meant")
    wrong = tally.share("a wrong field, of the headers mapped", is_of_faults=True)
    for case in cases:
        found = _fields(suggest(case["headers"]), case["headers"])
        mapped = set(found.values())
        for header in case["headers"]:
            wanted = _wanted(case, header)
            field = found.get(header)
            is_spare = field is None and bool(wanted & mapped - _SEVERAL)
            said = f"{case['id']} {header}: {field}, not {wanted}"
            right.add(is_one=field in wanted or is_spare, case=said)
            if field is not None:
                wrong.add(is_one=field not in wanted, case=said)
    return tally


def _wanted(case: Case, header: str) -> set[str | None]:
    tolerated = case.get("tolerated", {}).get(header, [])
    several = tolerated if isinstance(tolerated, list) else [tolerated]
    wanted = {case["expect"].get(header), *(each or None for each in several)}
    return {_CALLED.get(str(each), each) for each in wanted}


def _fields(suggestion: ColumnSuggestion, headers: Sequence[str]) -> Mapping[str, str]:
    named = {
        group_key(header) if name in JOINED else header: name
        for name, source in suggestion.fields.items()
        for header in source.headers
    }
    return {
        header: named.get(header) or named[group_key(header)]
        for header in headers
        if header in named or group_key(header) in named
    }
