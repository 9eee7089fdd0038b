"""A search in a buyer's words, as the API takes it and tells what it made of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from listings.api.filter_labels import values_label
from listings.api.filters import read_filters
from listings.api.parameters import FILTERS, written
from listings.catalogue.vocabulary import VOCABULARY
from listings.language.query import ParsedQuery, Phrase, merge, parse_query
from listings.search.criteria import Criteria
from listings.search.ordering import usual_ordering
from marketplace.api.parameters import (
    ChoiceParameter,
    ListParameter,
    Parameter,
    read_table,
    refuse,
)

LENGTH_MAX = 200
WITH_A_WORD = r"^[^\x00-\x1F\x7F-\x9FA-Za-z0-9]*[A-Za-z0-9][^\x00-\x1F\x7F-\x9F]*$"
NO_FILTER = "Not used: adverts cannot be searched by this."
TAKEN_AWAY = "Taken away by the parameter drop."
EFFECTS = ("filters", "orders", "prefers", "locates", "none")
SETTABLE = (*FILTERS, "ordering")


class FreeTextParameter(Parameter):
    def __init__(self, *, length_max: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length_max = length_max

    def read(self, text: str) -> str:
        if len(text) > self.length_max:
            raise ValidationError(f"At most {self.length_max} characters.")
        if not re.fullmatch(WITH_A_WORD.strip("^$"), text):
            raise ValidationError("This holds no word, or control characters.")
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.length_max, "pattern": WITH_A_WORD}


WORDS: dict[str, forms.Field] = {
    "q": FreeTextParameter(
        length_max=LENGTH_MAX,
        also=("query", "search", "keywords"),
        description="What a buyer would say: `diesel automatic estate under 10k`. Other parameters "
        "win over it; `understood` tells what was made of each word.",
    ),
    "drop": ListParameter(
        item=ChoiceParameter(values=SETTABLE),
        count_max=len(SETTABLE),
        description="What the words of `q` shall not set: `drop=within_miles` takes a radius away, "
        "`drop=ordering` an order. The other words keep their meaning.",
    ),
}


@extend_schema_field(
    {
        "type": "array",
        "items": {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]},
    }
)
class ValuesField(serializers.ListField):
    """Values of whatever kind the parameter has."""


class PhraseSerializer(serializers.Serializer):
    """Words of `q` and the parameter they stand for."""

    words = serializers.CharField()
    start = serializers.IntegerField(help_text="Where the words begin in `q`, from 0.")
    field = serializers.CharField(
        allow_null=True,
        help_text="The query parameter; `text` where the title must hold the words; null where "
        "they ask for nothing.",
    )
    values = ValuesField()
    label = serializers.CharField(  # type: ignore[assignment]  # DRF takes it off the class
        help_text="What was understood, for people: `Up to £10,000`; or empty."
    )
    effect = serializers.ChoiceField(
        EFFECTS,
        help_text="`filters`: only such cars are found; `prefers`: such cars come first; `orders`: "
        "sets the order; `locates`: says where distances are measured from; `none`: not used.",
    )
    overridden = serializers.BooleanField(help_text="Another parameter took its place.")
    note = serializers.CharField(help_text="Why it was not used or matches nothing; or empty.")
    without = serializers.CharField(
        allow_null=True,
        help_text="The query string of this search without what the words set; null where they set "
        "nothing.",
    )


def in_words(paging: dict[str, Any], explicit: Mapping[str, Any]) -> ParsedQuery | None:
    """Return the whole search where `q` is given; its order goes to `paging`, if that has none."""
    text = paging["q"]
    if text is None:
        return None
    read = _without(read_words(text), paging["drop"])
    whole = merge({**explicit, "ordering": paging["ordering"]}, read)
    paging["ordering"] = paging["ordering"] or list(_order(whole))
    return whole


def _order(meant: ParsedQuery) -> tuple[str, ...]:
    """Return the order that words set; one that only follows from a place is led by wishes."""
    places = {phrase.start for phrase in meant.phrases if phrase.name == "near"}
    asked = any(
        phrase.name == "ordering" and phrase.start not in places for phrase in meant.phrases
    )
    if asked or not meant.ordering:
        return meant.ordering
    return usual_ordering(meant.criteria(), meant.ordering)


def read_criteria(query: QueryDict) -> Criteria:
    """Return the search that filters and words ask for together. Raises `Invalid`, by parameter."""
    filters, filter_errors = read_filters(query)
    values, errors = read_table(query, WORDS)
    refuse({**filter_errors, **errors})
    asked = Criteria.from_parameters(filters)
    whole = in_words({**values, "ordering": None}, asked.as_parameters())
    return whole.criteria() if whole else asked


def read_words(text: str) -> ParsedQuery:
    """Return what a buyer's words mean today."""
    return parse_query(text, VOCABULARY.current(), year=timezone.now().year)


def phrases(understood: ParsedQuery | None, query: QueryDict) -> list[dict[str, object]] | None:
    """Return the members of `PhraseSerializer`, for the query string that holds the words."""
    if understood is None:
        return None
    return [
        {
            "words": phrase.words,
            "start": phrase.start,
            "field": phrase.name,
            "values": list(phrase.values),
            "label": (phrase.name and values_label(phrase.name, phrase.values, phrase.makes)) or "",
            "effect": effect(phrase, understood),
            "overridden": phrase.is_overridden,
            "note": phrase.note or _unused(phrase),
            "without": _remaining(phrase, understood, query),
        }
        for phrase in understood.phrases
    ]


def effect(phrase: Phrase, understood: ParsedQuery) -> str:
    """Return which of `EFFECTS` a phrase has."""
    name = phrase.name
    if name == "ordering" and set(phrase.values) & set(understood.ordering):
        return "orders"
    if name is None or phrase.is_overridden or name not in understood.parameters:
        return "none"
    return {"near": "locates", "prefer": "prefers"}.get(name, "filters")


def changed_query(query: QueryDict, changes: Mapping[str, object]) -> str:
    """Return a query string with some parameters changed, whether it or its words set them.

    What is None or empty is taken away.
    """
    kept: dict[str, object] = {name: query.getlist(name) for name in query if name != "cursor"}
    dropped = [*query.getlist("drop")]
    for name, value in changes.items():
        kept[name] = value
        if value in (None, [], ()) and query.get("q"):
            dropped.append(name)
    return written({**kept, "drop": list(dict.fromkeys(dropped))})


def _remaining(phrase: Phrase, understood: ParsedQuery, query: QueryDict) -> str | None:
    name = phrase.name
    if name is None or effect(phrase, understood) == "none":
        return None
    if name == "ordering":
        return changed_query(query, {"ordering": None})
    said = understood.parameters[name]
    left = [value for value in said if value not in phrase.values] if isinstance(said, list) else []
    changes: dict[str, object] = {name: left}
    if name == "make":
        changes["model"] = None
    if name == "near":
        changes |= dict.fromkeys({"within_miles"} & understood.parameters.keys())
        changes |= {"ordering": None} if "distance" in understood.ordering else {}
    return changed_query(query, changes)


def _without(read: ParsedQuery, names: Sequence[str]) -> ParsedQuery:
    """Leave out what the words say of some parameters."""
    return replace(
        read,
        parameters={name: each for name, each in read.parameters.items() if name not in names},
        phrases=tuple(
            replace(phrase, is_overridden=True, note=TAKEN_AWAY) if phrase.name in names else phrase
            for phrase in read.phrases
        ),
        ordering=() if "ordering" in names else read.ordering,
    )


def _unused(phrase: Phrase) -> str:
    is_used = phrase.name is None or phrase.name == "ordering" or phrase.name in FILTERS
    return "" if is_used else NO_FILTER
