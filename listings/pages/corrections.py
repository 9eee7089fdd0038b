"""A search that cannot be answered as it stands, read as its buyer meant it.

What was meant is searched for where that is known, and left out where it is not; either is said
beside the field. Nothing is refused, so that a form never leads to a page without cars.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from listings.api.filter_labels import filter_label, noun, range_label
from listings.api.filters import RANGES
from listings.api.parameters import FILTERS
from listings.models import Make, Model
from listings.pages.lenient_values import Correction, Offer, quoted, read_value, unknown
from listings.search.criteria import Criteria
from listings.search.references import dealers
from listings.search.slug_hints import known_slugs, of_other_makes, slug_meant
from listings.site.query_string import CURSOR, DEFAULT_ORDERING, ORDERING, ParsedSearch
from marketplace.api.hints import names_meant
from marketplace.api.parameters import given
from marketplace.errors import Invalid

FIELDS: Mapping[str, forms.Field] = {**FILTERS, **ORDERING}
CALLED = {name: getattr(field, "also", ()) for name, field in FIELDS.items()}
UNKNOWN_MAX, SLUGS_MAX = 5, 3
"""So many unknown names, and slugs of a field, are told of: whoever sends more mistypes nothing."""


class CorrectedSearch(NamedTuple):
    asked: ParsedSearch
    corrections: tuple[Correction, ...]


def corrected(
    query: QueryDict, others: Mapping[str, forms.Field], refusal: Invalid
) -> CorrectedSearch:
    """Return what is meant by a query string that was refused, and what to say of it.

    `others` is the table of what it may hold beside filters and order. A cursor goes, as the
    search is another one.
    """
    values: dict[str, Any] = {}
    told = list(_unknown_names(query, others))
    for name, field in FIELDS.items():
        if texts := given(query, name):
            values[name], corrections = read_value(name, field, texts)
            told += corrections
    values = {name: value for name, value in values.items() if value is not None}
    told += _reversed_ranges(values)
    told += _places(values, is_told="near" in {each.name for each in told})
    told += _slugs(values)
    if set(refusal.fields) & set(CURSOR):
        told.append(Correction("cursor", "That part of the list is gone. This is its beginning."))
    ordering = tuple(values.pop("ordering", DEFAULT_ORDERING))
    asked = ParsedSearch(Criteria.from_parameters(values), ordering, _others(query, others))
    return CorrectedSearch(asked, tuple(told))


def _others(query: QueryDict, others: Mapping[str, forms.Field]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, field in others.items():
        try:
            kept[name] = None if name in CURSOR else field.clean(given(query, name))
        except ValidationError:
            kept[name] = None
    return kept


def _unknown_names(query: QueryDict, others: Mapping[str, forms.Field]) -> Iterator[Correction]:
    """Yield the names that look like a filter's; any other was not meant for us."""
    unknown_names = [name for name in query if name not in FIELDS and name not in others]
    for name in unknown_names[:UNKNOWN_MAX]:
        texts = given(query, name)
        offers = [
            Offer(_label(meant, value), {meant: value})
            for meant in names_meant(name, CALLED)
            if texts and (value := read_value(meant, FIELDS[meant], texts)[0]) is not None
        ]
        if offers:
            text = f"Nothing here is called {quoted(name)}. Did you mean one of these?"
            yield Correction("", text, offers=tuple(offers))


def _label(name: str, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return " or ".join(filter_label(name, each) for each in values)


def _reversed_ranges(values: dict[str, Any]) -> Iterator[Correction]:
    """Turn ranges round: no other search of these two numbers finds anything."""
    for name in RANGES:
        ends = f"{name}_min", f"{name}_max"
        low, high = (values.get(end) for end in ends)
        if low is None or high is None or low <= high:
            continue
        values |= {ends[0]: high, ends[1]: low}
        text = (
            f"The {noun(name)} was given the wrong way round, from the higher to the lower. "
            f"These are the cars of {range_label(name, high, low)}."
        )
        offers = (
            Offer(f"Only {_lower(filter_label(ends[1], high))}", {ends[0]: None, ends[1]: high}),
            Offer(f"Only {_lower(filter_label(ends[0], low))}", {ends[0]: low, ends[1]: None}),
        )
        yield Correction(ends[0], text, offers=offers, is_mended=True)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _places(values: dict[str, Any], *, is_told: bool) -> Iterator[Correction]:
    """Leave out what is measured from a place where there is none; `is_told` where that is said."""
    if "near" in values:
        return
    miles = values.pop("within_miles", None)
    if miles is not None:
        yield Correction("within_miles", "", str(miles))
    if miles is not None and not is_told:
        text = f"{filter_label('within_miles', miles)} of where? Give a postcode or a town as well."
        yield Correction("near", text)
    order = values.get("ordering", [])
    if left := [term for term in order if term.removeprefix("-") != "distance"]:
        values["ordering"] = left
    elif order:
        del values["ordering"]
        yield Correction("ordering", "The nearest can come first once there is a place.")


def _slugs(values: dict[str, Any]) -> Iterator[Correction]:
    """Leave out what names nothing, and models that are of another make than the one chosen."""
    for name in ("make", "model", "dealer"):
        if name not in values:
            continue
        makes = values.get("make", []) if name == "model" else []
        rows = _rows(name, makes)
        slugs = values[name]
        found = set(rows.filter(slug__in=slugs).values_list("slug", flat=True))
        kept = [slug for slug in slugs if slug in found]
        for slug in [slug for slug in slugs if slug not in found][:SLUGS_MAX]:
            correction, meant = _no_such(name, slug, rows, makes)
            kept += [meant] if meant else []
            yield correction
        values[name] = list(dict.fromkeys(kept))


def _rows(name: str, makes: list[str]) -> QuerySet:
    if name == "make":
        return Make.objects.all()
    if name == "dealer":
        return dealers()
    return Model.objects.filter(make__slug__in=makes) if makes else Model.objects.all()


def _no_such(
    name: str, slug: str, rows: QuerySet, makes: list[str]
) -> tuple[Correction, str | None]:
    if name == "model" and makes and (elsewhere := of_other_makes(slug, makes)):
        text = f"{elsewhere.rstrip('.')}, so it is left out."
        return Correction(name, text, offers=tuple(_of_its_make(slug))), None
    meant = slug_meant(name, slug, known_slugs(rows), makes)
    return unknown(name, slug, meant, makes=makes), meant


def _of_its_make(slug: str) -> Iterator[Offer]:
    rows = Model.objects.filter(slug=slug).select_related("make").order_by("make__name")
    for row in rows[:SLUGS_MAX]:
        changes = {"make": [row.make.slug], "model": [slug]}
        yield Offer(f"{row.make.name} {row.name}", changes)
