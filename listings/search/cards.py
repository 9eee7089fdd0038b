"""From ids that an engine found to the rows a page shows."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, Q

from listings.models import Listing
from listings.models.conditions import RUNNING_SQL
from listings.models.photo import PhotoSize, photo_sizes
from listings.models.value import VALUE_ROW_SQL, VALUED_SQL
from listings.search.engine import CardBranch, KnownNames, NamedRow
from marketplace.databases.prepared import PreparedStatement
from marketplace.databases.read_routes import read_connection


class CardCover(NamedTuple):
    """The photo that a card shows, with the attributes of a `Photo`."""

    image: str
    width: int
    height: int
    widths: list[int]

    @property
    def sizes(self) -> tuple[PhotoSize, ...]:
        return photo_sizes(self.image, self.widths, (self.width, self.height))


class CardRow(NamedTuple):
    """What a list shows of an advert, with the attributes of a `Listing`."""

    id: int
    revision: str
    title: str
    derivative: str
    year: int
    price: int | None
    previous_price: int | None
    lowest_price_30_days: int | None
    mileage: int
    fuel: str | None
    transmission: str | None
    doors: int | None
    body_type: str | None
    colour: str | None
    published_at: datetime
    reserved_until: datetime | None
    make: NamedRow
    model: NamedRow
    dealer: NamedRow
    branch: CardBranch
    cover: CardCover | None

    @classmethod
    def of(cls, values: Sequence[Any]) -> "CardRow":
        """Take the values of `COLUMNS`."""
        own, named = values[:OWN], values[OWN : OWN + 6]
        branch, cover = values[OWN + 6 : OWN + 9], values[OWN + 9 :]
        make, model, dealer = NamedRow(*named[:2]), NamedRow(*named[2:4]), NamedRow(*named[4:])
        photo = CardCover(*cover) if cover[0] else None
        return cls._make((*own, make, model, dealer, CardBranch(*branch), photo))


OWN = CardRow._fields.index("make")
"""How many columns are the advert's own; those of the rows that it names follow."""
COLUMNS = (
    *CardRow._fields[:OWN],
    *(f"{row}__{name}" for row in ("make", "model", "dealer") for name in NamedRow._fields),
    *(f"branch__{name}" for name in CardBranch._fields),
    *(f"front__{name}" for name in CardCover._fields),
)


NAMED_BY = tuple(f"{name}_id" for name in ("make", "model", "dealer", "branch"))
_COVER = OWN + len(NAMED_BY)
_VALUE = _COVER + len(CardCover._fields)
_SELECTED = ", ".join(
    [
        *(
            "listing.revision::text" if name == "revision" else f"listing.{name}"
            for name in (*CardRow._fields[:OWN], *NAMED_BY)
        ),
        *(f"front.{name}" for name in CardCover._fields),
    ]
)
_OWN_ROWS = PreparedStatement(
    "card_rows",
    "bigint[]",
    f"SELECT {_SELECTED}, {VALUE_ROW_SQL} FROM listings_listing listing"  # noqa: S608 - names of ours
    " LEFT JOIN listings_photo front ON front.listing_id = listing.id AND front.position = 0"
    " LEFT JOIN (listings_listingvalue value JOIN listings_marketfit fit ON fit.id = value.fit_id)"
    f" ON value.listing_id = listing.id AND {VALUED_SQL}"
    f" WHERE listing.id = ANY($1) AND {RUNNING_SQL}",
)
"""Adverts that are not over, with their covers and the values that hold."""


def card_rows(ids: Sequence[int], names: KnownNames | None = None) -> list[CardRow]:
    """Return what is shown of those of these adverts that are public, in no order."""
    return [row for row, _ in valued_card_rows(ids, names)]


ReadValue = tuple[Any, ...] | None
"""What `VALUE_ROW_SQL` selects of an advert, empty where it has no value; None: not read."""


def valued_card_rows(
    ids: Sequence[int], names: KnownNames | None = None
) -> list[tuple[CardRow, ReadValue]]:
    """Return what is shown of those of these adverts that are public, and their values.

    They are in no order. With `names` the database is asked for the adverts, covers and values
    alone, and for what the adverts name only where the names are older than the advert or lack
    one: that of a dealer who is hidden is never among them.
    """
    if names is None:
        return [(row, None) for row in _joined(ids)]
    named: list[tuple[CardRow, ReadValue]] = []
    unnamed = []
    for values in _OWN_ROWS.rows(list(ids)):
        row = _with_names(values[:_VALUE], names)
        if row is None:
            unnamed.append(values[0])
        else:
            value = values[_VALUE:]
            named.append((row, value if value[0] is not None else ()))
    return [*named, *((row, None) for row in _joined(unnamed))] if unnamed else named


def _with_names(values: tuple[Any, ...], names: KnownNames) -> CardRow | None:
    """Return a card of `_OWN_ROWS` with what it names; None where that is not known for sure."""
    own, ids, cover = values[:OWN], values[OWN:_COVER], values[_COVER:]
    if not names.snapshot.sees(int(own[1])):
        return None
    rows = names.rows
    make, model = rows["make"].get(ids[0]), rows["model"].get(ids[1])
    dealer, branch = rows["dealer"].get(ids[2]), names.branches.get(ids[3])
    if make is None or model is None or dealer is None or branch is None:
        return None
    photo = CardCover(*cover) if cover[0] else None
    return CardRow._make((*own, make, model, dealer, branch, photo))


def _joined(ids: Sequence[int]) -> list[CardRow]:
    """Return the rows by one query over all that they show."""
    statement, parameters = _statement(len(ids))
    places = {-number: id_ for number, id_ in enumerate(ids, start=1)}
    with read_connection().cursor() as cursor:
        cursor.execute(statement, [places.get(each, each) for each in parameters])
        return [CardRow.of(row) for row in cursor]


@lru_cache(maxsize=128)
def _statement(count: int) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL for so many ids and its parameters, in which the ids are -1, -2 and so on.

    The ORM takes longer to write it than the database to answer.
    """
    front = FilteredRelation("photos", condition=Q(photos__position=0))
    rows = Listing.objects.public().annotate(front=front).filter(pk__in=range(-count, 0))
    statement, parameters = rows.values_list(*COLUMNS).query.sql_with_params()
    return statement, parameters
