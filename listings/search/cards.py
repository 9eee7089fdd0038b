"""From ids that an engine found to the rows a page shows."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import FilteredRelation, Q

from listings.models import Listing
from listings.models.photo import PhotoSize, photo_sizes
from listings.search.engine import NamedRow


class CardBranch(NamedTuple):
    town: str
    latitude: float | None
    longitude: float | None


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


def card_rows(ids: Sequence[int]) -> list[CardRow]:
    """Return what is shown of those of these adverts that are public, in no order, by one query."""
    statement, parameters = _statement(len(ids))
    places = {-number: id_ for number, id_ in enumerate(ids, start=1)}
    with connection.cursor() as cursor:
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
