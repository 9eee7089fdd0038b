"""`search_cars`: by filters or in a buyer's words, with counts and with what was understood."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from pydantic import BaseModel, Field

from listings.api.facets import VALUE_FACETS
from listings.api.parameters import FILTERS, PAGING, written
from listings.api.views import ListingListView
from listings.api.words import WORDS, read_criteria
from listings.mcp.advert_text import plain_line
from listings.mcp.api_answers import api_answer
from listings.mcp.car_cards import LIMIT, CarCard, car_lines
from listings.mcp.tool import ChatTool, ToolAnswer
from listings.site.addresses import canonical, results_path
from marketplace.api.parameters import (
    ChoiceParameter,
    ListParameter,
    read_table,
    refuse,
)

FACETS_MAX, FACET_VALUES_MAX = 4, 12
LOOSER_MAX = 5
OWN: Mapping[str, forms.Field] = {
    "facets": ListParameter(
        item=ChoiceParameter(values=VALUE_FACETS),
        count_max=FACETS_MAX,
        also=("facet",),
        description=f"Count the {FACET_VALUES_MAX} most frequent values of these over all results.",
    ),
    **LIMIT,
    "cursor": PAGING["cursor"],
}
PARAMETERS: Mapping[str, forms.Field] = {
    "q": WORDS["q"],
    **FILTERS,
    "ordering": PAGING["ordering"],
    **OWN,
}


class UnderstoodWords(BaseModel):
    """Words of q, and what was made of them."""

    words: str
    meaning: str = Field(description="Empty: nothing was made of them.")
    effect: str = Field(description="filters, prefers, orders, locates or none.")
    note: str


class ValueCount(BaseModel):
    """How many results have a value; `value` is what the filter of the facet's name takes."""

    value: str
    label: str
    count: int


class LooserFilter(BaseModel):
    """A change of the filters that finds more; null takes a filter away."""

    label: str
    count: int
    change: dict[str, Any]


class SearchedCars(BaseModel):
    """A page of results."""

    count: int = Field(description="All results.")
    cars: list[CarCard]
    understood: list[UnderstoodWords] = Field(description="What was made of the words of q.")
    facets: dict[str, list[ValueCount]]
    looser: list[LooserFilter] = Field(description="What to give up, where few were found.")
    next_cursor: str | None = Field(description="Give it as cursor, with the same arguments.")
    url: str = Field(description="All results on a page, for people.")


def search_cars(request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return a page of the API's list of adverts."""
    own, errors = read_table(query, OWN)
    refuse(errors)
    asked = _without(query, ("limit",))
    asked["page_size"] = str(own["limit"])
    asked["count"], asked["include"] = "exact", "loosen"
    page = api_answer(ListingListView, request, asked)
    cars = [CarCard.of(card) for card in page["results"]]
    found = SearchedCars(
        count=page["count"],
        cars=cars,
        understood=[_understood(phrase) for phrase in page["understood"] or ()],
        facets={name: _most(values) for name, values in (page["facets"] or {}).items()},
        looser=[
            _looser(each) for each in ((page["loosen"] or {}).get("options") or ())[:LOOSER_MAX]
        ],
        next_cursor=page["next_cursor"],
        url=canonical(results_path(_meant(query))),
    )
    return ToolAnswer(found, _text(found))


def _without(query: QueryDict, names: Iterable[str]) -> QueryDict:
    asked = query.copy()
    for name in names:
        asked.pop(name, None)
    return asked


def _meant(query: QueryDict) -> str:
    """Return the query string of the page: what is meant, not what was said.

    Words may hold a whole postcode; of what they mean its outcode is left.
    """
    asked = _without(query, (*OWN, "ordering"))
    ordering = query.getlist("ordering")
    return written({**read_criteria(asked).as_parameters(), "ordering": ordering})


def _understood(phrase: Mapping[str, Any]) -> UnderstoodWords:
    return UnderstoodWords(
        meaning=phrase["label"], **{name: phrase[name] for name in ("words", "effect", "note")}
    )


def _most(values: list[dict[str, Any]]) -> list[ValueCount]:
    frequent = sorted(values, key=lambda each: -int(each["count"]))
    return [
        ValueCount(value=each["value"], label=plain_line(each["label"]), count=each["count"])
        for each in frequent[:FACET_VALUES_MAX]
    ]


def _looser(option: Mapping[str, Any]) -> LooserFilter:
    """Return an option with the arguments that change, as its query string has them."""
    looser = QueryDict(option["query"])
    change = {name: looser.get(name) for name in option["parameters"]}
    return LooserFilter(label=option["label"], count=option["count"], change=change)


def _text(found: SearchedCars) -> str:
    lines = [f"{found.count:,} found, {len(found.cars)} shown."]
    unused = [each.words for each in found.understood if each.effect == "none"]
    if unused:
        lines.append(f"Not used of the words: {', '.join(unused)}.")
    lines.append(car_lines(found.cars))
    lines += [f"{each.label}: {each.count:,} found." for each in found.looser]
    if found.next_cursor:
        lines.append("More by next_cursor.")
    return "\n".join([*lines, f"All on a page: {found.url}"])


SEARCH_CARS = ChatTool(
    "search_cars",
    "Search cars",
    "Find used cars for sale in the UK. Give the buyer's own words as q, filters, or both: filters "
    "win. Prices are pounds, distances and mileages miles. The answer tells what was made of q, "
    "and what to loosen where few cars are found.",
    PARAMETERS,
    SearchedCars,
    search_cars,
)
