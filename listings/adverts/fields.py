"""Writing an advert's fields: each verb is one transaction and leaves one event."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from listings.choices import PriceReason, Source
from listings.constraint_errors import refusal
from listings.exceptions import InvalidListing, ListingNotFound
from listings.identifiers import normalise_vin, normalise_vrm
from listings.language.derivative import Filled, fill, read
from listings.models import Listing, ListingEvent
from listings.pricing import attribute_prices
from marketplace.errors import DomainError

EDITABLE_FIELDS = frozenset(
    field.name for field in Listing._meta.concrete_fields if field.editable
) - {"id", "dealer"}


REQUIRED_FIELDS = frozenset({"branch", "make", "model", "year", "mileage"})


@transaction.atomic
def create_listing(
    *,
    fields: Mapping[str, Any],
    actor_id: int | None,
    price_reason: PriceReason = PriceReason.EDIT,
    source: Source = Source.PERSON,
    reason: str = "",
) -> Listing:
    """Write a new draft; `fields` maps names of `EDITABLE_FIELDS` to values, rows for keys.

    What the derivative states fills the fields that are missing; where it contradicts one, the
    field stands and the event says so.
    Raises `InvalidListing` with a message for each field at fault, and `DuplicateStockRef`.
    """
    missing = {name: ["This field is required."] for name in REQUIRED_FIELDS - fields.keys()}
    if missing:
        raise InvalidListing("Some fields are missing.", fields=missing)
    filled = fill(fields, read(str(fields.get("derivative", ""))))
    listing = Listing(dealer=fields["branch"].dealer)
    _assign(listing, {**fields, **filled.added})
    attribute_prices(reason=price_reason, actor_id=actor_id)
    _write(listing)
    ListingEvent.objects.create(
        listing=listing,
        kind=ListingEvent.Kind.CREATED,
        to_status=listing.status,
        actor_id=actor_id,
        reason=" ".join(filter(None, (reason, _contradictions(filled)))),
        source=source,
    )
    return listing


@transaction.atomic
def edit_listing(
    *,
    listing_id: int,
    changes: Mapping[str, Any],
    actor_id: int | None,
    price_reason: PriceReason = PriceReason.EDIT,
    source: Source = Source.PERSON,
    reason: str = "",
) -> Listing:
    """Change some fields of an advert; without a difference nothing is written or logged.

    What a person writes is locked: feeds leave those fields alone until `unlock_fields`. Raises
    what `create_listing` raises, `ListingNotFound`, and `NotPublishable` or `AlreadyLive` where a
    live advert may not become this.
    """
    listing = Listing.objects.select_for_update().filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound("There is no such advert.")
    before = {name: _logged(getattr(listing, name)) for name in changes}
    _assign(listing, changes)
    differing = {
        name: [before[name], _logged(getattr(listing, name))]
        for name in changes
        if before[name] != _logged(getattr(listing, name))
    }
    if not differing:
        return listing
    attribute_prices(reason=price_reason, actor_id=actor_id)
    written = set(differing)
    if source == Source.PERSON and not written <= set(listing.locked_fields):
        listing.locked_fields = sorted(written | set(listing.locked_fields))
        written.add("locked_fields")
    _write(listing, update_fields=sorted(written))
    ListingEvent.objects.create(
        listing=listing,
        kind=ListingEvent.Kind.EDITED,
        from_status=listing.status,
        to_status=listing.status,
        actor_id=actor_id,
        reason=reason,
        changes=differing,
        source=source,
    )
    return listing


@transaction.atomic
def unlock_fields(*, listing_id: int, fields: Collection[str], actor_id: int | None) -> Listing:
    """Give fields back to the feeds, which write them when they next see the car.

    Fields that are not locked are no error. Raises `ListingNotFound`.
    """
    listing = Listing.objects.select_for_update().filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound("There is no such advert.")
    before = list(listing.locked_fields)
    listing.locked_fields = [name for name in before if name not in fields]
    if listing.locked_fields == before:
        return listing
    listing.unlocked_at = timezone.now()
    listing.save(update_fields=["locked_fields", "unlocked_at"])
    ListingEvent.objects.create(
        listing=listing,
        kind=ListingEvent.Kind.UNLOCKED,
        from_status=listing.status,
        to_status=listing.status,
        actor_id=actor_id,
        changes={"locked_fields": [before, listing.locked_fields]},
        source=Source.PERSON,
    )
    return listing


def _contradictions(filled: Filled) -> str:
    differing = (f"{each.field} {each.read}, not {each.stated}" for each in filled.contradictions)
    said = ", ".join(differing)
    return f"The derivative says {said}." if said else ""


def _assign(listing: Listing, fields: Mapping[str, Any]) -> None:
    unknown = set(fields) - EDITABLE_FIELDS
    if unknown:
        raise TypeError(f"not fields a person writes: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(listing, name, _normal(name, value))
    others = {field.name for field in listing._meta.get_fields()} - set(fields)
    refused = _unreadable(fields)
    try:
        listing.clean_fields(exclude=others | set(refused))
    except ValidationError as error:
        refused |= error.message_dict
    refused |= {} if refused else _disagreeing(listing)
    if refused:
        raise InvalidListing("Some fields cannot be accepted.", fields=refused)


def _unreadable(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what neither a field's own rules nor the database can take, or take silently."""
    refused = {
        name: ["Null characters are not allowed."]
        for name, value in fields.items()
        if "\0" in str(value)
    }
    if not isinstance(fields.get("features", []), list | tuple):
        refused["features"] = ["This is a list of texts."]
    length_max = Listing._meta.get_field("description").max_length or 0
    if len(str(fields.get("description", ""))) > length_max:
        refused["description"] = [f"At most {length_max} characters."]
    return refused


def _disagreeing(listing: Listing) -> dict[str, list[str]]:
    """Return what the deferred keys would refuse only at the end of the transaction."""
    refused = {}
    if listing.branch.dealer_id != listing.dealer_id:
        refused["branch"] = ["An advert stays with its dealer: choose one of its branches."]
    if listing.model.make_id != listing.make_id:
        refused["model"] = ["This is not a model of the make."]
    return refused


def _normal(name: str, value: Any) -> Any:
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


def _write(listing: Listing, update_fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            listing.save(update_fields=update_fields)
    except IntegrityError as error:
        # The database's own message repeats the whole row, registration mark and all.
        raise refusal(error) from None
    listing.refresh_from_db()


def _logged(value: object) -> object:
    """Return a value as the event log keeps it: JSON, a row by its key."""
    if isinstance(value, Model):
        return value.pk
    if value is None or isinstance(value, bool | int | list):
        return value
    return str(value)


_NORMAL_FORMS = {"vrm": normalise_vrm, "vin": normalise_vin}
