"""The one place where the stock API writes: each method calls one verb in the key's name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dealers.api.stock.life import offered_actions
from dealers.api.stock.names import StockNames
from dealers.api.stock.warnings import Oddities, Oddity
from dealers.models import ApiKey
from listings import photos
from listings.adverts import Action, create_listing, edit_listing, lifecycle
from listings.choices import Source, Status
from listings.exceptions import ActionNotAllowed, AlreadyLive, DuplicateStockRef
from listings.identifiers import normalise_vrm
from listings.models import Listing, Photo
from marketplace.errors import Invalid


@dataclass(frozen=True)
class Written:
    row: Listing
    is_new: bool
    warnings: list[Oddity]


class Writer:
    """Writes a dealer's stock for one key, remembering names and prices from write to write."""

    def __init__(self, key: ApiKey) -> None:
        self._said = f"API key {key}"
        self._dealer_id = key.dealer_id
        self._names = StockNames(key.dealer_id)
        self._oddities = Oddities()

    def create(self, fields: Mapping[str, Any]) -> Written:
        """Write a new draft; a car that is there already is a conflict with its `id`."""
        urls, fields = _without_photos(fields)
        rows = self._names.rows(fields, is_new=True)
        self._refuse_duplicate(rows)
        try:
            row = create_listing(fields=rows, actor_id=None, source=Source.API, reason=self._said)
        except DuplicateStockRef:  # another request was quicker
            self._refuse_duplicate(rows)
            raise
        return self._written(row, rows, urls, is_new=True)

    def change(self, listing: Listing, fields: Mapping[str, Any]) -> Written:
        """Change some fields of an advert."""
        urls, fields = _without_photos(fields)
        rows = self._names.rows(fields, is_new=False)
        try:
            row = edit_listing(
                listing_id=listing.pk,
                changes=rows,
                actor_id=None,
                source=Source.API,
                reason=self._said,
            )
        except DuplicateStockRef:
            self._refuse_duplicate({"stock_ref": rows["stock_ref"]})
            raise
        return self._written(row, rows, urls, is_new=False)

    def act(
        self, listing: Listing, action: Action, reason: str = "", until: datetime | None = None
    ) -> Listing:
        """Do what the life of an advert knows, saying whose key did it."""
        said = f"{self._said}: {reason}" if reason else self._said
        ends = {"until": until} if action == Action.RESERVE else {}
        try:
            return _VERBS[action](
                listing_id=listing.pk, actor_id=None, reason=said, source=Source.API, **ends
            )
        except ActionNotAllowed as refusal:
            if "allowed_actions" in refusal.extra:
                refusal.extra["allowed_actions"] = offered_actions(listing)
            raise

    def add_photo(self, listing: Listing, upload: Any) -> Photo:
        return photos.add_photo(listing_id=listing.pk, upload=upload, actor_id=None)

    def remove_photo(self, listing: Listing, photo_id: int) -> None:
        photos.remove_photo(listing_id=listing.pk, photo_id=photo_id, actor_id=None)

    def order_photos(self, listing: Listing, ids: Sequence[int]) -> None:
        photos.reorder_photos(listing_id=listing.pk, photo_ids=ids, actor_id=None)

    def forget_names(self) -> None:
        """Look names up anew, after a write was rolled back."""
        self._names.forget()

    def _written(
        self, row: Listing, rows: Mapping[str, Any], urls: Sequence[str] | None, *, is_new: bool
    ) -> Written:
        for name in ("make", "model"):
            if name in rows:
                setattr(row, name, rows[name])  # known here: spares a query
        odd = self._oddities.of(row, rows)
        if urls is not None:
            said = photos.set_photo_urls(
                listing_id=row.pk, urls=urls, actor_id=None, source=Source.API
            )
            odd += [Oddity("photo_url", "photo_urls", message) for message in said]
        return Written(row, is_new, odd)

    def _refuse_duplicate(self, rows: Mapping[str, Any]) -> None:
        stock = Listing.objects.stock_of(self._dealer_id)
        if ref := rows.get("stock_ref"):
            _refuse(stock.filter(stock_ref=ref), DuplicateStockRef, "stock reference")
        if vrm := _mark(rows.get("vrm")):
            live = stock.filter(vrm=vrm, status=Status.LIVE)
            _refuse(live, AlreadyLive, "registration mark")


def _without_photos(fields: Mapping[str, Any]) -> tuple[Sequence[str] | None, Mapping[str, Any]]:
    """Return the addresses of photos, None where they stay as they are, and the other fields."""
    others = {name: value for name, value in fields.items() if name != "photo_urls"}
    return fields.get("photo_urls"), others


def _mark(text: str | None) -> str | None:
    """Return a registration mark as it is kept; None for one that the verb will refuse."""
    try:
        return normalise_vrm(text) if text else None
    except Invalid:
        return None


def _refuse(rows: Any, kind: type[DuplicateStockRef | AlreadyLive], what: str) -> None:
    found = rows.values_list("pk", flat=True).first()
    if found is not None:
        raise kind(f"Another advert of yours has this {what}.", extra={"id": found})


_VERBS: Mapping[Action, Callable[..., Listing]] = {
    Action.PUBLISH: lifecycle.publish,
    Action.RENEW: lifecycle.renew,
    Action.RESERVE: lifecycle.reserve,
    Action.RELEASE: lifecycle.release,
    Action.SELL: lifecycle.sell,
    Action.WITHDRAW: lifecycle.withdraw,
}
