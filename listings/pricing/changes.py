"""Changing the prices of many adverts at once: by an amount, by a percentage, or to a figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import TextChoices

from listings.choices import PriceEnding, PriceReason
from listings.exceptions import InvalidListing
from listings.models.conditions import SOLD_SQL
from listings.models.rules import PRICE_MAX
from listings.pricing.history import attribute_prices
from listings.pricing.rounding import ROUNDED, TARGET

PERCENT_MIN, PERCENT_MAX = -90, 500


class PriceUnit(TextChoices):
    PERCENT = "percent", "Per cent"
    POUNDS = "pounds", "Pounds"
    FIGURE = "figure", "To this price"


@dataclass(frozen=True)
class PriceStep:
    """What happens to a price: -5 per cent, +250 pounds, or 9995 as the figure itself."""

    unit: PriceUnit
    amount: int
    ending: PriceEnding = PriceEnding.ANY

    def __post_init__(self) -> None:
        low, high = {
            PriceUnit.PERCENT: (PERCENT_MIN, PERCENT_MAX),
            PriceUnit.POUNDS: (-PRICE_MAX, PRICE_MAX),
            PriceUnit.FIGURE: (1, PRICE_MAX),
        }[self.unit]
        if not low <= self.amount <= high or (self.amount == 0 and self.unit != PriceUnit.FIGURE):
            message = f"From {low:,} to {high:,}, and not 0."
            raise InvalidListing(message, fields={"amount": [message]})


@dataclass(frozen=True)
class Repriced:
    """An advert's price before and after, in whole pounds; `refusal` says why it stays."""

    listing_id: int
    old_price: int | None
    new_price: int | None
    refusal: str = ""


def preview_changes(*, listing_ids: Sequence[int], step: PriceStep) -> list[Repriced]:
    """Return what a step would do to each of these adverts, by id; write nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIEW, _values(listing_ids, step))
        return [_read(*row) for row in cursor]


@transaction.atomic
def change_prices(
    *, listing_ids: Sequence[int], step: PriceStep, actor_id: int | None, origin: str = ""
) -> list[Repriced]:
    """Change the price of each of these adverts that allow it; return what became of each, by id.

    The new prices are locked, as all that is written by hand: feeds leave them alone. One
    statement: an event and a price in the history for every change, nothing for a refusal, one
    change set for all, with its `origin`.
    """
    attribute_prices(reason=PriceReason.BULK, actor_id=actor_id)
    with connection.cursor() as cursor:
        values = _values(listing_ids, step) | {"actor": actor_id, "origin": origin}
        cursor.execute(_CHANGE, values)
        return [_read(*row) for row in cursor]


_PRICED = f"""
    WITH subject AS (
        SELECT id, price, status, admin_fee, greatest(admin_fee, 1) AS lowest, {TARGET} AS target,
            {SOLD_SQL} AS is_sold, 'price' = ANY(locked_fields) AS is_locked
        FROM listings_listing AS listing WHERE id = ANY(%(ids)s)
        ORDER BY id {{lock}}
    ), priced AS (
        SELECT *, CASE WHEN target >= lowest THEN {ROUNDED} ELSE target END AS new_price
        FROM subject
    )
"""  # noqa: S608 - put together from constants
_JUDGED = f"""
    SELECT id, price, new_price, status, is_locked, CASE
        WHEN is_sold THEN 'A sold advert keeps its price.'
        WHEN target IS NULL THEN 'It has no price to change: it is on application.'
        WHEN new_price < 1 THEN 'Its price would fall below £1.'
        WHEN new_price > {PRICE_MAX} THEN 'Its price would be out of bounds.'
        WHEN new_price < admin_fee THEN 'Its price would be less than the admin fee in it.'
        WHEN new_price = price THEN 'Its price would stay the same.'
        ELSE '' END AS refusal
    FROM priced
"""  # noqa: S608 - put together from constants
_PREVIEW = f"{_PRICED.format(lock='')} {_JUDGED} ORDER BY id"
_CHANGE = f"""
    {_PRICED.format(lock="FOR NO KEY UPDATE")}, judged AS MATERIALIZED ({_JUDGED}), changed AS (
        UPDATE listings_listing AS listing SET price = judged.new_price,
            locked_fields = array_remove(listing.locked_fields, 'price') || '{{price}}'
        FROM judged WHERE listing.id = judged.id AND judged.refusal = ''
        RETURNING listing.id
    ), change_set AS (
        INSERT INTO listings_changeset (source, actor_id, reason, origin)
        SELECT 'person', %(actor)s::bigint, '', %(origin)s WHERE EXISTS (SELECT FROM changed)
        RETURNING id
    ), told AS (
        INSERT INTO listings_listingevent (
            listing_id, kind, from_status, to_status, actor_id, reason, source, changes, locked,
            change_set_id
        )
        SELECT judged.id, 'edited', status, status, %(actor)s::bigint, '', 'person',
            jsonb_build_object('price', jsonb_build_array(price, new_price)),
            CASE WHEN NOT is_locked THEN ARRAY['price'] END, change_set.id
        FROM change_set, judged JOIN changed USING (id) ORDER BY judged.id
    )
    SELECT id, price, new_price, status, is_locked, refusal FROM judged ORDER BY id
"""  # noqa: S608 - put together from constants


def _values(listing_ids: Sequence[int], step: PriceStep) -> dict[str, Any]:
    return {
        "unit": step.unit.value,
        "amount": step.amount,
        "ending": step.ending.value,
        "ids": list(listing_ids),
    }


def _read(
    listing_id: int,
    old_price: int | None,
    new_price: int,
    _status: str,
    _is_locked: bool,
    refusal: str,
) -> Repriced:
    return Repriced(listing_id, old_price, old_price if refusal else new_price, refusal)
