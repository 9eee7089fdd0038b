"""Cars of a file whose adverts ended so long ago that only digests of their names are kept."""

from django.db import connection

from listings.adverts.former_names import recall_names
from listings.models import FormerName

_NAMED = """
    SELECT DISTINCT said->'values'->>%(name)s FROM dealers_feedstage
    WHERE run_id = %(run)s AND said->'values'->>%(name)s IS NOT NULL
"""
_FEED_CARS = """
    UPDATE dealers_feedcar AS car SET {name} = given.value, key = CASE
        WHEN car.key LIKE 'former:%%' THEN '{name}:' || given.value ELSE car.key END
    FROM unnest(%s::bigint[], %s::text[]) AS given (id, value) WHERE car.listing_id = given.id
"""


def recall_cars(*, run_id: int, dealer_id: int) -> None:
    """Give the dealer's adverts back the marks and VINs that a run's file names."""
    for name in FormerName.IdentityKind.values:
        with connection.cursor() as cursor:
            cursor.execute(_NAMED, {"run": run_id, "name": name})
            values = [value for (value,) in cursor.fetchall()]
            if pairs := recall_names(dealer_id=dealer_id, name=name, values=values):
                columns = [list(each) for each in zip(*pairs, strict=True)]
                cursor.execute(_FEED_CARS.format(name=name), columns)
