"""What to loosen where a search finds few cars, and the nearest cars, in words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.request import Request

from listings.api.cards import rendered_cards
from listings.api.filter_labels import filter_label, noun
from listings.api.serializers import CardSerializer
from listings.api.words import changed_query
from listings.search.criteria import Criteria
from listings.search.relaxation import FEW_MAX, NearMiss, Relaxation, RelaxedSearch, relax
from marketplace.api.parameters import ChoiceParameter, ListParameter

LOOSEN = "loosen"
INCLUDE: dict[str, forms.Field] = {
    "include": ListParameter(
        item=ChoiceParameter(values=(LOOSEN,)),
        count_max=1,
        description="What to add to the answer. `loosen`: what else there is where at most "
        f"{FEW_MAX} adverts are found: filters to give up, and the nearest adverts.",
    )
}
_ANY = {
    "price_min": "Any lower price",
    "price_max": "Any higher price",
    "mileage_min": "Any lower mileage",
    "mileage_max": "Any higher mileage",
    "year_min": "Older cars too",
    "year_max": "Newer cars too",
    "within_miles": "Any distance",
    "reduced": "Price reduced or not",
    "added_within_days": "Older adverts too",
    "dealer": "Other dealers too",
    "ulez": "Whatever its ULEZ standing",
    "write_off": "Written off or not",
    "text": "Any version",
}


class LooserSearchSerializer(serializers.Serializer):
    """A search that gives something up, or moves one limit out by a step."""

    parameters = serializers.ListField(
        child=serializers.CharField(), help_text="The query parameters that change."
    )
    label = serializers.CharField(  # type: ignore[assignment]  # DRF takes it off the class
        help_text="What it is, for people: `Up to £12,500`, `Any colour`."
    )
    step = serializers.BooleanField(help_text="A limit is moved out, not given up.")
    count = serializers.IntegerField(help_text="How many adverts it finds.")
    query = serializers.CharField(help_text="Its query string.")


class MissSerializer(serializers.Serializer):
    """Why a search does not find an advert that is near to it."""

    parameters = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField(help_text="For people: `£495 more`.")


class NearestCardSerializer(CardSerializer):
    """An advert that misses as few filters as any does."""

    misses = MissSerializer()

    class Meta(CardSerializer.Meta):
        fields = (*CardSerializer.Meta.fields, "misses")
        read_only_fields = fields


class LoosenSerializer(serializers.Serializer):
    """What a search with few results could give up."""

    options = LooserSearchSerializer(
        many=True,
        help_text="Limits moved out by a step, then filters given up, what is given up most easily "
        "first. Where no single one helps, several are given up together.",
    )
    nearest = NearestCardSerializer(many=True, help_text="Those that miss least first; at most 12.")


def loosened(criteria: Criteria, ordering: tuple[str, ...], request: Request) -> Any:
    """Return the members of `LoosenSerializer` for the search that a request asked for.

    None where it finds more than a few.
    """
    relaxed = relax(criteria, ordering)
    if relaxed is None:
        return None
    return {
        "options": [
            {
                "parameters": list(each.names),
                "label": relaxation_label(each, criteria),
                "step": each.is_step,
                "count": each.count,
                "query": changed_query(request.query_params, changes(each)),
            }
            for each in relaxed.relaxations
        ],
        "nearest": [
            {**card, "misses": {"parameters": list(miss.given_up.names), "text": text}}
            for card, miss, text in nearest_cards(relaxed, criteria, request)
        ],
    }


def nearest_cards(
    relaxed: RelaxedSearch, criteria: Criteria, request: Any
) -> list[tuple[dict[str, Any], NearMiss, str]]:
    """Return the nearest adverts that are still public, with what they miss in words."""
    misses = {each.position.id: each for each in relaxed.nearest}
    return [
        (card, miss := misses[card["id"]], miss_text(miss, criteria, card))
        for card in rendered_cards(relaxed.page(), request)
    ]


def changes(relaxation: Relaxation) -> dict[str, object]:
    """Return the parameters that a relaxation changes; None where one is given up."""
    looser = relaxation.criteria.as_parameters()
    return {name: looser.get(name) for name in relaxation.names}


def relaxation_label(relaxation: Relaxation, criteria: Criteria) -> str:
    """Return what a relaxation is, for people."""
    if relaxation.is_step:
        return _listed(filter_label(name, each) for name, each in changes(relaxation).items())
    return _listed(
        [
            *(f"Without {_lower(filter_label(*each))}" for each in relaxation.values),
            *(_any(name, criteria) for name in _whole(relaxation)),
        ]
    )


def _any(name: str, criteria: Criteria) -> str:
    if name == "model" and len(criteria.make) == 1:
        return f"Any {filter_label('make', criteria.make[0])}"
    return _ANY.get(name) or f"Any {noun(name)}"


def miss_text(miss: NearMiss, criteria: Criteria, card: Mapping[str, Any]) -> str:
    """Return why a search does not find an advert, for people."""
    limits = criteria.as_parameters()
    return _listed(
        [
            *(_lacking(*each) for each in miss.given_up.values),
            *(_missed(name, limits[name], card) for name in _whole(miss.given_up)),
        ]
    )


def _whole(relaxation: Relaxation) -> list[str]:
    """Return the parameters that are given up altogether; a make goes with its models."""
    lesser = {*dict(relaxation.values), *(["model"] if "make" in relaxation.names else [])}
    return [name for name in relaxation.names if name not in lesser]


def _lacking(name: str, value: str) -> str:
    label = _lower(filter_label(name, value))
    return f"Without {label}" if name == "text" else f"No {label} named"


def _missed(name: str, limit: Any, card: Mapping[str, Any]) -> str:
    field, _, end = name.rpartition("_")
    value = card.get(field) if end in ("min", "max") else None
    if isinstance(value, int) and field in _BEYOND:
        difference = abs(value - limit)
        unit, more, less = _BEYOND[field]
        return f"{unit(difference)} {more if end == 'max' else less}"
    if name == "within_miles":
        miles = card["distance_miles"]
        return "Further away" if miles is None else f"{miles:,.0f} miles away"
    if name in card and card[name] is None:
        return f"{noun(name).capitalize()} not given"
    return _MISSED.get(name) or f"Another {noun(name)}"


_BEYOND: Mapping[str, tuple[Callable[[int], str], str, str]] = {
    "price": ("£{:,}".format, "more", "less"),
    "mileage": (lambda miles: f"{miles:,} mile{'s' if miles > 1 else ''}", "more", "less"),
    "year": (lambda years: f"{years} year{'s' if years > 1 else ''}", "newer", "older"),
}
_MISSED = {
    "reduced": "Price reduced or not",
    "added_within_days": "An older advert",
    "power_bhp_min": "Power less or not given",
    "electric_range_miles_min": "Electric range less or not given",
    "owners_max": "Owners more or not given",
    "write_off": "Another write-off category, or none",
    "text": "Another version",
    "equipment": "Not all equipment named",
}


def _listed(words: Iterable[str]) -> str:
    first, *others = dict.fromkeys(words)
    return ", ".join([first, *map(_lower, others)])


def _lower(words: str) -> str:
    """Return words as they are inside a sentence; names keep their capitals."""
    has_name = any(letter.isupper() for letter in words[1:])
    is_ours = words.startswith(("Any ", "Another ", "No ", "Without "))
    return words[:1].lower() + words[1:] if is_ours or not has_name else words
