"""What an advert's fields may hold, checked and brought into the form in which they are written."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model

from listings.exceptions import InvalidListing
from listings.identifiers import normalise_vin, normalise_vrm
from listings.models import Listing
from listings.models.rules import latest_year
from marketplace.errors import DomainError
from marketplace.london_time import london_today

YEAR_TO_COME = "This year is to come."

_EDITABLE = tuple(
    field
    for field in Listing._meta.concrete_fields
    if field.editable and not field.primary_key and field.name != "dealer"
)
EDITABLE_FIELDS = frozenset(field.name for field in _EDITABLE)
REQUIRED_FIELDS = frozenset({"branch", "make", "model", "year", "mileage"})

COLUMNS = tuple(field.attname for field in _EDITABLE)
"""What a dealer's stock says about a car, as columns of the table."""

COLUMN_TYPES = {field.attname: field.db_type(connection) for field in Listing._meta.concrete_fields}

ROWS = {"branch": "branch_id", "make": "make_id", "model": "model_id"}
"""Fields that name another row, with their columns."""

_ALL_FIELDS = frozenset(field.name for field in Listing._meta.fields)
NOUGHT_SAYS_NOTHING = frozenset(
    ["engine_cc", "power_bhp", "mpg", "battery_kwh", "electric_range_miles"]
)
"""An electric car has no engine, and systems write 0 for that."""

_NORMAL_FORMS = {"vrm": normalise_vrm, "vin": normalise_vin}


def cleaned(
    fields: Mapping[str, Any], *, dealer_id: int, make_id: int | None = None
) -> dict[str, object]:
    """Return fields as statements take them: values that JSON can hold, rows by their keys.

    `fields` maps names of `EDITABLE_FIELDS` to values, rows for keys; `make_id` is the advert's
    make so far. Raises `InvalidListing` with a message for each field at fault.
    """
    unknown = set(fields) - EDITABLE_FIELDS
    if unknown:
        raise TypeError(f"not fields a person writes: {', '.join(sorted(unknown))}")
    listing = Listing()
    for name, value in fields.items():
        setattr(listing, name, _normal(name, value))
    refused = _unreadable(fields)
    rows = {name for name, value in fields.items() if isinstance(value, Model)}
    try:
        listing.clean_fields(exclude=(_ALL_FIELDS - set(fields)) | set(refused) | rows)
    except ValidationError as error:
        refused |= error.message_dict
    refused |= {} if refused else _disagreeing(fields, dealer_id, make_id)
    if refused:
        raise InvalidListing("Some fields cannot be accepted.", fields=refused)
    return {name: _plain(getattr(listing, name)) for name in fields}


def _unreadable(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what neither a field's own rules nor the database can take, or take silently."""
    refused = {
        name: ["Null characters are not allowed."]
        for name, value in fields.items()
        if "\0" in str(value)
    }
    if not isinstance(fields.get("features", []), list | tuple):
        refused["features"] = ["This is a list of texts."]
    year = fields.get("year")
    if isinstance(year, int) and year > latest_year(london_today()):
        refused["year"] = [YEAR_TO_COME]
    length_max = Listing._meta.get_field("description").max_length or 0
    if len(str(fields.get("description", ""))) > length_max:
        refused["description"] = [f"At most {length_max} characters."]
    return refused


def _disagreeing(
    fields: Mapping[str, Any], dealer_id: int, make_id: int | None
) -> dict[str, list[str]]:
    """Return what the deferred keys would refuse only at the end of the transaction."""
    refused = {}
    if "branch" in fields and fields["branch"].dealer_id != dealer_id:
        refused["branch"] = ["An advert stays with its dealer: choose one of its branches."]
    of_make = fields["make"].pk if "make" in fields else make_id
    of_model = fields["model"].make_id if "model" in fields else make_id
    if of_make != of_model:
        refused["model"] = ["This is not a model of the make."]
    return refused


def _normal(name: str, value: Any) -> Any:
    if name in NOUGHT_SAYS_NOTHING and value == 0:
        return None
    if name not in _NORMAL_FORMS:
        return value
    if not value:
        return None
    try:
        return _NORMAL_FORMS[name](value)
    except DomainError as error:
        raise InvalidListing(
            "Some fields cannot be accepted.", fields={name: [error.message]}
        ) from None


def _plain(value: Any) -> object:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return float(value)
    return list(value) if isinstance(value, tuple) else value
