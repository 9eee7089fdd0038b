"""The form of the results page: what is chosen, what else there is, and how to take it back."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from listings.search.criteria import FIELDS
from listings.search.fields import Choice
from listings.search.ordering import DEFAULT_ORDERING as NEWEST
from listings.site import labels
from listings.site.addresses import results_path
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
WITHIN = (5, 10, 20, 50, 100, 200)
ORDERS = (
    (DEFAULT_ORDERING, "Cheapest first"),
    (("-price",), "Dearest first"),
    (NEWEST, "Newest first"),
    (("mileage",), "Fewest miles first"),
    (("-year",), "Youngest cars first"),
)
NEAREST = (("distance",), "Nearest first")


class SelectOption(NamedTuple):
    value: str
    label: str
    is_chosen: bool
    number: int | None = None


class Chip(NamedTuple):
    """A filter in words, and the results without it."""

    text: str
    path: str


def form(asked: ParsedSearch, facets: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return the fields; those that the form has no control for are carried along hidden."""
    given = asked.criteria.as_parameters()
    shown = {*FACETS, *NUMBERS, *PLACE}
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
            for miles in sorted({*WITHIN, *_whole(given.get("within_miles"))})
        ],
        "orders": _orders(asked),
        "hidden": [(name, _text(value)) for name, value in given.items() if name not in shown],
    }


def chips(asked: ParsedSearch) -> list[Chip]:
    """Return every filter there is, one by one, each with the way back."""
    found = []
    for name, value in asked.criteria.as_parameters().items():
        for each in value if isinstance(value, list) else [value]:
            left = [other for other in value if other != each] if isinstance(value, list) else None
            dropped: dict[str, Any] = {name: left or None, "cursor": None}
            if name == "make":
                dropped["model"] = None
            if name == "near":
                dropped |= {"within_miles": None, "ordering": None}
            found.append(Chip(_words(name, each), results_path(asked.query(**dropped))))
    return found


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
    missing = [SelectOption(value, value, True, 0) for value in chosen if value not in present]
    return [*counted, *missing]


def _orders(asked: ParsedSearch) -> list[SelectOption]:
    orders: list[tuple[tuple[str, ...], str]] = [
        *ORDERS,
        *([NEAREST] if asked.criteria.near else []),
    ]
    if asked.ordering not in [terms for terms, _ in orders]:
        orders.append((asked.ordering, "As asked"))
    return [
        SelectOption(",".join(terms), label, terms == asked.ordering) for terms, label in orders
    ]


def _words(name: str, value: Any) -> str:
    field = FIELDS.get(name)
    if isinstance(field, Choice):
        return field.label(value)
    if name.startswith("price_"):
        return f"{'From' if name.endswith('_min') else 'Up to'} {labels.pounds(value)}"
    if name.endswith(("_min", "_max")):
        noun = name[:-4].replace("_", " ")
        return f"{noun.capitalize()} {'from' if name.endswith('_min') else 'to'} {value}"
    if name in ("make", "model", "dealer"):
        return str(value).replace("-", " ").title()
    if isinstance(value, bool):
        return name.capitalize() if value else f"Not {name}"
    return f"{name.replace('_', ' ').capitalize()}: {value}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _whole(value: Any) -> list[int]:
    return [value] if isinstance(value, int) else []
