"""The form of the results page: what is chosen, what else there is, and how to take it back."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from listings.api.filter_labels import ORDERS, filter_label
from listings.api.parameters import parameter_text
from listings.search.ordering import DEFAULT_ORDERING as NEWEST
from listings.search.relaxation import DISTANCES
from listings.site.query_string import DEFAULT_ORDERING, ParsedSearch

FACETS = ("make", "model", "body_type", "fuel", "transmission", "doors")
BOXES = {
    "body_type": "Body type",
    "fuel": "Fuel",
    "transmission": "Gearbox",
    "doors": "Doors",
}
NUMBERS = {
    "price_min": "Price from (£)",
    "price_max": "Price to (£)",
    "year_min": "From year",
    "mileage_max": "Up to miles",
}
PLACE = ("near", "within_miles")
OFFERED = (DEFAULT_ORDERING, ("-price",), NEWEST, ("mileage",), ("-year",))
NEAREST = ("distance",)
USUAL_ORDERINGS = (DEFAULT_ORDERING, NEAREST)
"""Where nobody chose another, what buyers wish for comes first, and then one of these decides."""


class SelectOption(NamedTuple):
    value: str
    label: str
    is_chosen: bool
    number: int | None = None


def form(asked: ParsedSearch, facets: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return the fields; those that the form has no control for are carried along hidden."""
    given = asked.criteria.as_parameters()
    carried = {**given, **{name: value for name, value in asked.others.items() if value}}
    shown = {"cursor", *FACETS, *NUMBERS, *PLACE}
    return {
        "makes": _options(given, facets, "make"),
        "models": _options(given, facets, "model"),
        "boxes": [
            {"name": name, "label": label, "options": _options(given, facets, name)}
            for name, label in BOXES.items()
        ],
        "numbers": [
            {"name": name, "label": label, "value": given.get(name, "")}
            for name, label in NUMBERS.items()
        ],
        "near": given.get("near", ""),
        "within": [
            SelectOption(str(miles), f"{miles} miles", given.get("within_miles") == miles)
            for miles in sorted({*DISTANCES, *_whole(given.get("within_miles"))})
        ],
        "orders": _orders(asked),
        "hidden": [
            (name, parameter_text(value)) for name, value in carried.items() if name not in shown
        ],
    }


def _options(
    given: Mapping[str, Any], facets: Mapping[str, list[Mapping[str, Any]]], name: str
) -> list[SelectOption]:
    """Return what there is to choose, the chosen among it even where nothing is left of it."""
    chosen = [str(value) for value in given.get(name, [])]
    counted = [
        SelectOption(each["value"], each["label"], each["value"] in chosen, each["count"])
        for each in facets.get(name, [])
    ]
    present = {option.value for option in counted}
    missing = [
        SelectOption(value, filter_label(name, value, makes=given.get("make", ())), True, 0)
        for value in chosen
        if value not in present
    ]
    return [*counted, *missing]


def _orders(asked: ParsedSearch) -> list[SelectOption]:
    offered: list[tuple[str, ...]] = [*OFFERED, *([NEAREST] if asked.criteria.near else [])]
    if asked.ordering not in offered:
        offered.append(asked.ordering)
    return [
        SelectOption(
            ",".join(terms),
            _order_offered(terms, is_led=bool(asked.criteria.prefer)),
            terms == asked.ordering,
        )
        for terms in offered
    ]


def _order_offered(terms: tuple[str, ...], *, is_led: bool) -> str:
    label = order_label(terms)
    return f"Best match, then {label.lower()}" if is_led and terms in USUAL_ORDERINGS else label


def order_label(terms: tuple[str, ...]) -> str:
    first, *others = [ORDERS[term] for term in terms]
    return ", then ".join([first, *map(str.lower, others)])


def _whole(value: Any) -> list[int]:
    return [value] if isinstance(value, int) else []
