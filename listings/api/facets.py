"""Counts and averages beside a page of results."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django import forms
from rest_framework import serializers

from listings.api.filter_labels import absent_label
from listings.models import Make, Model
from listings.search.criteria import FIELDS
from listings.search.engine import SearchResult
from listings.search.facets import FACETS, STATISTICS, FacetBucket
from listings.search.fields import Choice, RatedAs
from listings.search.references import dealers
from marketplace.api.parameters import ChoiceParameter, ListParameter
from marketplace.api.renderers import json_bytes

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
        description="What to give the lowest, highest, mean and median of, over all results. "
        "`price_ratio` is the price of a rated advert in thousandths of its market value.",
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
    read: dict[str, Any] = orjson.loads(json_bytes(written_counts(result)))
    return read


def written_counts(result: SearchResult) -> dict[str, Any]:
    """Return what `counted` does, the facets as JSON that an answer takes over as it is.

    It is put together from what is written of each value once.
    """
    facets = {
        name: orjson.Fragment(_written(result.facets[name], _values(name, result)))
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


Values = Mapping[Any, tuple[int, bytes]]
"""Where each value stands among those of its facet, and its JSON up to the count."""


def _written(found: Iterable[FacetBucket], values: Values) -> bytes:
    """Leave out what has no name any more, such as a dealer who was suspended this moment."""
    ranked = sorted((values[each.value], each.count) for each in found if each.value in values)
    return b"[%s]" % b",".join([b"%s%d}" % (begun, count) for (_, begun), count in ranked])


def _values(name: str, result: SearchResult) -> Values:
    """Return at least the values that were found."""
    if name not in _ROWS:
        return _CHOICES.get(name) or _in_order(
            {
                each.value: (str(each.value), absent_label(name, each.value) or str(each.value))
                for each in result.facets[name]
            }
        )
    known = result.names.rows.get(name, {}) if result.names else {}
    ids = [each.value for each in result.facets[name]]
    if all(id_ in known for id_ in ids):
        return _of_rows(name, known)
    rows = _ROWS[name]().filter(pk__in=ids).values_list("pk", "slug", "name")
    return _by_label({pk: (slug, label) for pk, slug, label in rows})


def _of_rows(name: str, rows: Mapping[int, tuple[str, str]]) -> Values:
    """Return the values of rows that an engine knows, which are the same for many answers."""
    kept = _kept.get(name)
    if kept is None or kept[0] is not rows:
        kept = _kept[name] = (rows, _by_label(rows))
    return kept[1]


def _by_label(values: Mapping[Any, tuple[str, str]]) -> Values:
    """Put values in the order of what people read; those that read alike in their own."""
    return _in_order(
        dict(sorted(values.items(), key=lambda each: (each[1][1].casefold(), each[0])))
    )


def _in_order(values: Mapping[Any, tuple[str, ...]]) -> Values:
    """Number values by their order; each tells what the filter takes and what people read."""
    return {
        key: (
            place,
            json_bytes({"value": value, "label": label}).removesuffix(b"}") + b',"count":',
        )
        for place, (key, (value, label)) in enumerate(values.items())
    }


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


def _choices(name: str, field: Choice) -> Values:
    """Return the values of a field by their labels; ratings from the lowest price on.

    What is not stated comes last.
    """
    values = [(value, str(label)) for value, label in field.choices.choices]
    if not isinstance(field, RatedAs):
        values.sort(key=lambda each: (each[1].casefold(), each[0]))
    if field.absent is not None:
        values.append((field.absent, absent_label(name, field.absent)))
    return _in_order({value: (value, label) for value, label in values})


_CHOICES: Mapping[str, Values] = {
    name: _choices(name, field) for name, field in FIELDS.items() if isinstance(field, Choice)
}
_ROWS: Mapping[str, Any] = {"make": Make.objects.all, "model": Model.objects.all, "dealer": dealers}
_kept: dict[str, tuple[Mapping[int, tuple[str, str]], Values]] = {}
