"""The form of the results page: what is chosen, what else there is, and how to take it back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from listings.api.filter_labels import ORDERS, filter_label
from listings.api.parameters import parameter_text
from listings.pages.lenient_values import Correction
from listings.search.criteria import FIELDS
from listings.search.ordering import DEFAULT_ORDERING as NEWEST
from listings.search.relaxation import DISTANCES
from listings.site.query_string import DEFAULT_ORDERING, ParsedSearch
from marketplace.api.parameters import WHOLE_NUMBER

FACETS = ("make", "model", "body_type", "fuel", "transmission", "doors", "price_rating")
BOXES = {
    "body_type": "Body type",
    "fuel": "Fuel",
    "transmission": "Gearbox",
    "doors": "Doors",
    "price_rating": "Price rating",
}
NUMBERS = {
    "price_min": "Price from (£)",
    "price_max": "Price to (£)",
    "year_min": "From year",
    "mileage_max": "Up to miles",
}
PLACE = ("near", "within_miles")
INPUTS = {**NUMBERS, "near": "Near a place"}
OFFERED = (DEFAULT_ORDERING, ("-price",), ("value",), NEWEST, ("mileage",), ("-year",))
NEAREST = ("distance",)
USUAL_ORDERINGS = (DEFAULT_ORDERING, NEAREST)
"""Where nobody chose another, what buyers wish for comes first, and then one of these decides."""


SELECTS = ("make", "model", "within_miles", "ordering")
CONTROLS = {*SELECTS, *BOXES, *NUMBERS, *PLACE}
"""The parameters that the form has a control for."""


class TextInput(NamedTuple):
    name: str
    label: str
    value: Any
    problem: Correction | None

    @property
    def is_number(self) -> bool:
        return self.name in NUMBERS


class CheckBoxes(NamedTuple):
    name: str
    label: str
    options: "list[SelectOption]"
    problem: Correction | None


class SelectOption(NamedTuple):
    value: str
    label: str
    is_chosen: bool
    number: int | None = None

    @property
    def text(self) -> str:
        return self.label if self.number is None else f"{self.label} ({self.number:,})"

    @property
    def amount(self) -> str:
        return "" if self.number is None else f"{self.number:,}"


def form(
    asked: ParsedSearch,
    facets: Mapping[str, list[Mapping[str, Any]]],
    corrections: Sequence[Correction] = (),
) -> dict[str, Any]:
    """Return the fields, each with what is wrong with it.

    A field keeps what was typed and cannot be used. Filters that the form has no control for are
    carried along hidden.
    """
    given = asked.criteria.as_parameters()
    typed = {each.name: each.typed for each in corrections if each.typed and not each.is_mended}
    values = {**typed, **given}
    return {
        "makes": _one_of(_options(given, facets, "make")),
        "models": _one_of(_options(given, facets, "model")),
        "boxes": [
            CheckBoxes(name, label, _options(given, facets, name), _problem(name, corrections))
            for name, label in BOXES.items()
        ],
        "inputs": [
            TextInput(name, label, values.get(name, ""), _problem(name, corrections))
            for name, label in INPUTS.items()
        ],
        "within": _distances(str(values.get("within_miles", ""))),
        "orders": _orders(asked),
        "problems": {name: _problem(name, corrections) for name in SELECTS},
        "is_open": any(each.name in CONTROLS and not each.is_mended for each in corrections),
        "hidden": list(_hidden(asked)),
    }


def _hidden(asked: ParsedSearch) -> Iterator[tuple[str, str]]:
    shown = {"cursor", *FACETS, *NUMBERS, *PLACE}
    others = {name: value for name, value in asked.others.items() if value}
    for name, value in {**asked.criteria.as_parameters(), **others}.items():
        if name not in shown:
            yield name, parameter_text(value)


def _distances(chosen: str) -> list[SelectOption]:
    """Return the distances to choose from; another one that was chosen is among them."""
    others = {int(chosen)} if WHOLE_NUMBER.fullmatch(chosen) else set()
    return [
        SelectOption(str(miles), f"{miles} miles", str(miles) == chosen)
        for miles in sorted({*DISTANCES, *others})
    ]


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
    none = None if name == "model" and "make" not in given else 0  # models are counted by make
    missing = [
        SelectOption(value, filter_label(name, value, makes=given.get("make", ())), True, none)
        for value in chosen
        if value not in present
    ]
    options = [*counted, *missing]
    only_absent = all(each.value == FIELDS[name].absent and not each.is_chosen for each in options)
    return [] if only_absent else options  # nobody asks for what no car states


def _one_of(options: list[SelectOption]) -> list[SelectOption]:
    """Return the options of a list that one is chosen of: several chosen ones become one more."""
    chosen = [option for option in options if option.is_chosen]
    if len(chosen) < 2:
        return options
    value, label = (
        ",".join(each.value for each in chosen),
        " or ".join(each.label for each in chosen),
    )
    return [SelectOption(value, label, True), *(each._replace(is_chosen=False) for each in options)]


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


def _problem(name: str, corrections: Sequence[Correction]) -> Correction | None:
    return next((each for each in corrections if each.name == name and each.text), None)
