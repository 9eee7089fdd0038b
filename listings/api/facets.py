"""Counts and averages beside a page of results."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from rest_framework import serializers

from listings.models import Make, Model
from listings.search.criteria import FIELDS
from listings.search.engine import SearchResult
from listings.search.facets import FACETS, STATISTICS, FacetBucket
from listings.search.fields import Choice
from listings.search.references import dealers
from marketplace.api.parameters import ChoiceParameter, ListParameter

ALL = "all"
VALUE_FACETS = tuple(name for name, facet in FACETS.items() if not facet.bands)
HISTOGRAMS = tuple(name for name, facet in FACETS.items() if facet.bands)

COUNTING: dict[str, forms.Field] = {
    "facets": ListParameter(
        item=ChoiceParameter(values=(ALL, *FACETS)),
        count_max=len(FACETS) + 1,
        also=("facet", "aggregations"),
        description="What to count over all results, or `all`. A filter does not narrow its own "
        "facet, so that a chosen value does not hide its siblings. Models are counted where a "
        "make is chosen.",
    ),
    "stats": ListParameter(
        item=ChoiceParameter(values=STATISTICS),
        count_max=len(STATISTICS),
        also=("statistics",),
        description="What to give the lowest, highest, mean and median of, over all results.",
    ),
}


class FacetValueSerializer(serializers.Serializer):
    value = serializers.CharField(help_text="What to give to the filter of the same name.")
    label = serializers.CharField(  # type: ignore[assignment]  # DRF takes it off the class
        help_text="For people."
    )
    count = serializers.IntegerField()


class BandSerializer(serializers.Serializer):
    min = serializers.IntegerField()
    max = serializers.IntegerField(allow_null=True, help_text="Included; null: no upper end.")
    count = serializers.IntegerField()


class StatisticsSerializer(serializers.Serializer):
    count = serializers.IntegerField(help_text="Results that have a value.")
    min = serializers.IntegerField(source="low", allow_null=True)
    max = serializers.IntegerField(source="high", allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)


def _members(
    name: str, item: type[serializers.Serializer], names: Iterable[str], many: bool
) -> Any:
    """Return a serializer with one optional member for each name."""
    return type(
        name, (serializers.Serializer,), {each: item(many=many, required=False) for each in names}
    )


FacetsSerializer = _members("FacetsSerializer", FacetValueSerializer, VALUE_FACETS, many=True)
HistogramsSerializer = _members("HistogramsSerializer", BandSerializer, HISTOGRAMS, many=True)
StatsSerializer = _members("StatsSerializer", StatisticsSerializer, STATISTICS, many=False)


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """Return the facets that were asked for, each once, in the order of the table."""
    asked = set(names)
    return tuple(name for name in FACETS if name in asked or ALL in asked)


def counted(result: SearchResult) -> dict[str, Any]:
    """Return an answer's `facets`, `histograms` and `stats`; null where none was asked for."""
    facets = {
        name: _values(result.facets[name], _labels(name, result))
        for name in VALUE_FACETS
        if name in result.facets
    }
    histograms = {
        name: _bands(name, result.facets[name]) for name in HISTOGRAMS if name in result.facets
    }
    return {
        "facets": facets or None,
        "histograms": histograms or None,
        "stats": StatsSerializer(result.statistics).data if result.statistics else None,
    }


def _labels(name: str, result: SearchResult) -> Mapping[Any, tuple[str, str]]:
    """Return what the filter takes and what people read for each value; none for plain numbers."""
    if name not in _ROWS:
        return _CHOICES.get(name, {})
    known, ids = result.named.get(name, {}), [each.value for each in result.facets[name]]
    if all(id_ in known for id_ in ids):
        return known
    rows = _ROWS[name]().filter(pk__in=ids).values_list("pk", "slug", "name")
    return {pk: (slug, label) for pk, slug, label in rows}


def _values(
    found: tuple[FacetBucket, ...], labels: Mapping[Any, tuple[str, str]]
) -> list[dict[str, object]]:
    answer = []
    for each in found:
        value, label = labels.get(each.value, (str(each.value), str(each.value)))
        answer.append({"value": value, "label": label, "count": each.count})
    return sorted(answer, key=_alphabetically) if labels else answer


def _alphabetically(choice: Mapping[str, object]) -> str:
    return str(choice["label"]).casefold()


def _bands(name: str, found: tuple[FacetBucket, ...]) -> list[dict[str, int | None]]:
    ends = dict(zip(FACETS[name].bands, FACETS[name].bands[1:], strict=False))
    return [
        {
            "min": int(each.value),
            "max": ends[int(each.value)] - 1 if int(each.value) in ends else None,
            "count": each.count,
        }
        for each in found
    ]


_CHOICES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    name: {value: (value, str(label)) for value, label in field.choices.choices}
    for name, field in FIELDS.items()
    if isinstance(field, Choice)
}
_ROWS: Mapping[str, Any] = {"make": Make.objects.all, "model": Model.objects.all, "dealer": dealers}
