"""From ids that an engine found to the rows a page shows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import FilteredRelation, Prefetch, Q

from listings.models import Listing, Photo

COVER = Prefetch("photos", queryset=Photo.objects.filter(position=0), to_attr="cover")


class CardRow(NamedTuple):
    """What a list shows of an advert, as the database has it."""

    id: int
    revision: str
    title: str
    make: str
    make_slug: str
    model: str
    model_slug: str
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
    dealer: str
    dealer_slug: str
    town: str
    latitude: float | None
    longitude: float | None
    published_at: datetime
    reserved_until: datetime | None
    image: str | None
    image_width: int | None
    image_height: int | None
    image_widths: list[int] | None


PATHS = {
    "make": "make__name",
    "make_slug": "make__slug",
    "model": "model__name",
    "model_slug": "model__slug",
    "dealer": "dealer__name",
    "dealer_slug": "dealer__slug",
    "town": "branch__town",
    "latitude": "branch__latitude",
    "longitude": "branch__longitude",
    "image": "front__image",
    "image_width": "front__width",
    "image_height": "front__height",
    "image_widths": "front__widths",
}


def cards(ids: Iterable[int]) -> list[Listing]:
    """Return the adverts of these ids in their order, without any that is public no more."""
    wanted = list(ids)
    rows = Listing.objects.public().with_card().prefetch_related(COVER).in_bulk(wanted)
    return [rows[id_] for id_ in wanted if id_ in rows]


def card_rows(ids: Sequence[int]) -> list[CardRow]:
    """Return what is shown of those of these adverts that are public, in no order, by one query."""
    statement, parameters = _statement(len(ids))
    places = {-number: id_ for number, id_ in enumerate(ids, start=1)}
    with connection.cursor() as cursor:
        cursor.execute(statement, [places.get(each, each) for each in parameters])
        return [CardRow._make(row) for row in cursor]


@lru_cache(maxsize=128)
def _statement(count: int) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL for so many ids and its parameters, in which the ids are -1, -2 and so on.

    The ORM takes longer to write it than the database to answer.
    """
    front = FilteredRelation("photos", condition=Q(photos__position=0))
    rows = Listing.objects.public().annotate(front=front).filter(pk__in=range(-count, 0))
    columns = (PATHS.get(name, name) for name in CardRow._fields)
    statement, parameters = rows.values_list(*columns).query.sql_with_params()
    return statement, parameters
