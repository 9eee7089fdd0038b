"""The one place where the stock API writes: in sets and in the key's name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dealers.api.stock.held_prices import hold_prices, told
from dealers.api.stock.life import OFFERED
from dealers.api.stock.names import StockNames
from dealers.api.stock.warnings import Oddities, Oddity, of_duplicates
from dealers.models import ApiKey
from listings import photos
from listings.adverts import (
    Action,
    WriteContext,
    draft_listings,
    edit_listings,
    transition_listings,
)
from listings.choices import Source
from listings.exceptions import AlreadyLive, DuplicateStockRef
from listings.identifiers import normalise_vrm
from listings.models import Listing, Photo
from listings.pricing import ModelPrices, priced_cars
from marketplace.errors import DomainError, Invalid

Fields = Mapping[str, Any]
_BESIDE = frozenset({"photo_urls", "price_confirmed"})
"""What a body says beside the fields of an advert."""


@dataclass(frozen=True)
class Written:
    row: Listing
    is_new: bool
    warnings: list[Oddity]


Outcome = Written | DomainError


class Writer:
    """Writes a dealer's stock for one key, remembering names and prices from write to write."""

    def __init__(self, key: ApiKey) -> None:
        self._said = f"API key {key}"
        self._dealer_id = key.dealer_id
        self._names = StockNames(key.dealer_id)
        self._prices = ModelPrices()
        self._oddities = Oddities(self._prices)

    def create(self, fields: Fields) -> Written:
        """Write a new draft; a car that is there already is a conflict with its `id`."""
        return _done(self.create_all([fields])[0])

    def change(self, listing: Listing, fields: Fields) -> Written:
        """Change some fields of an advert."""
        return _done(self.change_all({listing.pk: fields})[listing.pk])

    def act(
        self, listing: Listing, action: Action, reason: str = "", until: datetime | None = None
    ) -> Listing:
        """Do what the life of an advert knows, saying whose key did it."""
        return _done(self.act_on_all([listing.pk], action, reason, until)[listing.pk]).row

    def create_all(self, bodies: Sequence[Fields]) -> list[Outcome]:
        """Write new drafts; names that the catalogue lacks are added for those that are written."""
        self._names.look_up(bodies)
        numbered = dict(enumerate(bodies))
        known = {place: each for place, each in numbered.items() if self._names.knows(each)}
        outcomes = self._create(known)
        for place in numbered.keys() - known.keys():
            outcomes[place] = self._create_with_names(numbered[place])
        return [outcomes[place] for place in numbered]

    def change_all(self, bodies: Mapping[int, Fields]) -> dict[int, Outcome]:
        """Change some fields of adverts, by their ids."""
        self._names.look_up(bodies.values())
        known = {pk: each for pk, each in bodies.items() if self._names.knows(each)}
        outcomes = self._change(known)
        for pk in bodies.keys() - known.keys():
            outcomes[pk] = self._change_with_names(pk, bodies[pk])
        return outcomes

    def act_on_all(
        self,
        listing_ids: Collection[int],
        action: Action,
        reason: str = "",
        until: datetime | None = None,
    ) -> dict[int, Outcome]:
        """Do one thing to adverts, by their ids."""
        said = f"{self._said}: {reason}" if reason else self._said
        try:
            by = WriteContext(Source.API, said)
            refused = transition_listings(
                action=action, listing_ids=listing_ids, by=by, until=until
            )
        except DomainError as refusal:
            return dict.fromkeys(listing_ids, refusal)
        for each in refused.values():
            _offer(each)
        rows = Listing.objects.in_bulk([pk for pk in listing_ids if pk not in refused])
        return {**refused, **{pk: Written(row, False, []) for pk, row in rows.items()}}

    def add_photo(self, listing: Listing, upload: Any) -> Photo:
        return photos.add_photo(listing_id=listing.pk, upload=upload, actor_id=None)

    def remove_photo(self, listing: Listing, photo_id: int) -> None:
        photos.remove_photo(listing_id=listing.pk, photo_id=photo_id, actor_id=None)

    def order_photos(self, listing: Listing, ids: Sequence[int]) -> None:
        photos.reorder_photos(listing_id=listing.pk, photo_ids=ids, actor_id=None)

    def _create_with_names(self, fields: Fields) -> Outcome:
        """Write an advert whose names may be new: they go again where it is refused."""
        try:
            with transaction.atomic():
                return _done(self._create({0: fields})[0])
        except DomainError as refusal:
            self._names.forget()
            return refusal

    def _change_with_names(self, pk: int, fields: Fields) -> Outcome:
        try:
            with transaction.atomic():
                return _done(self._change({pk: fields})[pk])
        except DomainError as refusal:
            self._names.forget()
            return refusal

    def _create(self, bodies: Mapping[int, Fields]) -> dict[int, Outcome]:
        rows, outcomes = self._rows(bodies, is_new=True)
        held = hold_prices(rows, bodies, {}, self._prices)
        outcomes |= self._duplicates(rows)
        ready = [place for place in rows if place not in outcomes]
        by = WriteContext(Source.API, self._said)
        made = draft_listings(dealer_id=self._dealer_id, rows=[rows[n] for n in ready], by=by)
        ids: dict[int, int] = {}
        for place, pk in zip(ready, made, strict=True):
            if isinstance(pk, int):
                ids[pk] = place
            else:
                outcomes[place] = self._named(pk, rows[place])
        done = self._written(
            {pk: rows[place] for pk, place in ids.items()},
            {pk: bodies[place] for pk, place in ids.items()},
            {pk: held.get(place, {}) for pk, place in ids.items()},
            is_new=True,
        )
        return outcomes | {ids[pk]: written for pk, written in done.items()}

    def _change(self, bodies: Mapping[int, Fields]) -> dict[int, Outcome]:
        rows, outcomes = self._rows(bodies, is_new=False)
        known = priced_cars([pk for pk, row in rows.items() if row.get("price")])
        held = hold_prices(rows, bodies, known, self._prices)
        edited = edit_listings(changes=rows, by=WriteContext(Source.API, self._said))
        for pk, each in edited.items():
            if isinstance(each, DomainError):
                outcomes[pk] = self._named(each, {"stock_ref": rows[pk].get("stock_ref")})
        done = {pk: row for pk, row in rows.items() if pk not in outcomes}
        return {**outcomes, **self._written(done, bodies, held, is_new=False)}

    def _rows(
        self, bodies: Mapping[int, Fields], *, is_new: bool
    ) -> tuple[dict[int, dict[str, Any]], dict[int, Outcome]]:
        """Return the fields with rows for names, and the refusals of names, by the same keys."""
        rows, refused = {}, {}
        for key, fields in bodies.items():
            stated = {name: value for name, value in fields.items() if name not in _BESIDE}
            try:
                rows[key] = self._names.rows(stated, is_new=is_new)
            except DomainError as refusal:
                refused[key] = refusal
        return rows, dict(refused)

    def _written(
        self,
        rows: Mapping[int, Fields],
        bodies: Mapping[int, Fields],
        held: Mapping[int, Mapping[str, str]],
        *,
        is_new: bool,
    ) -> dict[int, Written]:
        """Have photos fetched for adverts just written, and say what is odd about each."""
        listings = Listing.objects.in_bulk(rows)
        for pk, listing in listings.items():
            for name in ("make", "model"):
                if name in rows[pk]:
                    setattr(listing, name, rows[pk][name])  # known here: spares a query
        self._oddities.look_up(listings[pk] for pk in rows if _prices(rows[pk]))
        urls = [(pk, bodies[pk]["photo_urls"]) for pk in rows if "photo_urls" in bodies[pk]]
        said: Mapping[int, list[str]] = {}
        if urls:
            said = photos.set_photo_urls_in_bulk(urls, actor_id=None, source=Source.API).warnings
        twice = of_duplicates(rows)
        return {
            pk: Written(
                listing,
                is_new,
                [
                    *self._oddities.of(listing, rows[pk]),
                    *([twice[pk]] if pk in twice else ()),
                    *told(held.get(pk, {})),
                    *(Oddity("photo_url", "photo_urls", each) for each in said.get(pk, ())),
                ],
            )
            for pk, listing in listings.items()
        }

    def _duplicates(self, rows: Mapping[int, Fields]) -> dict[int, Outcome]:
        """Return the conflicts of new adverts with cars that are there already."""
        refs = {key: ref for key, row in rows.items() if (ref := row.get("stock_ref"))}
        marks = {key: mark for key, row in rows.items() if (mark := _mark(row.get("vrm")))}
        stock = Listing.objects.for_dealer(self._dealer_id)
        refs_taken = stock.filter(stock_ref__in=refs.values()).values_list("stock_ref", "pk")
        marks_shown = stock.live().filter(vrm__in=marks.values()).values_list("vrm", "pk")
        taken, shown = dict(refs_taken), dict(marks_shown)
        conflicts: dict[int, Outcome] = {
            key: _conflict(AlreadyLive, "registration mark", shown[mark])
            for key, mark in marks.items()
            if mark in shown
        }
        return conflicts | {
            key: _conflict(DuplicateStockRef, "stock reference", taken[ref])
            for key, ref in refs.items()
            if ref in taken
        }

    def _named(self, refusal: DomainError, row: Fields) -> Outcome:
        """Return a refusal, with the id of the other advert where another request was quicker."""
        if isinstance(refusal, DuplicateStockRef):
            return self._duplicates({0: row}).get(0, refusal)
        return refusal


def _done(outcome: Outcome) -> Written:
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def _prices(row: Fields) -> bool:
    return bool({"price", "year", "model"} & set(row))


def _offer(refusal: DomainError) -> None:
    """Have a refusal name only what a dealer may do."""
    allowed = refusal.extra.get("allowed_actions")
    if isinstance(allowed, list):
        refusal.extra["allowed_actions"] = [each for each in allowed if each in OFFERED]


def _mark(text: str | None) -> str | None:
    """Return a registration mark as it is kept; None for one that the verb will refuse."""
    try:
        return normalise_vrm(text) if text else None
    except Invalid:
        return None


def _conflict(
    kind: type[DuplicateStockRef | AlreadyLive], what: str, listing_id: int
) -> DomainError:
    return kind(f"Another advert of yours has this {what}.", extra={"id": listing_id})
