"""Which live adverts of other dealers an advert shares clues with, in one statement over all."""

from collections.abc import Collection

from listings.models import CarClue

_Kind = CarClue.ClueKind
NAMES = (_Kind.VIN, _Kind.VRM)
PICTURES = (_Kind.PHOTO, _Kind.PICTURE)

_SHARED = """
    WITH clue AS MATERIALIZED (
        SELECT live.id, live.dealer_id, clue.kind, clue.number
        FROM live JOIN listings_carclue AS clue ON clue.listing_id = live.id
        WHERE clue.kind IN ({kinds})
    ), first AS (
        SELECT kind, number, min(id) AS id, (array_agg(dealer_id ORDER BY id))[1] AS dealer_id
        FROM clue GROUP BY kind, number HAVING {condition}
    ), second AS (
        SELECT kind, number, min(clue.id) AS id FROM clue JOIN first USING (kind, number)
        WHERE clue.dealer_id <> first.dealer_id GROUP BY kind, number
    )
    SELECT clue.id, clue.kind,
        CASE WHEN clue.dealer_id = first.dealer_id THEN second.id ELSE first.id END AS other_id
    FROM clue JOIN first USING (kind, number) JOIN second USING (kind, number)
"""


def shared_by_dealers(kinds: Collection[int], *, holders_max: int | None = None) -> str:
    """Return SQL for `id`, `kind` and `other_id` of each clue that another dealer's advert has.

    The statement around it has `live`, with the `id` and `dealer_id` of the adverts that count;
    `other_id` is the first of another dealer's. A clue that more than `holders_max` of them have
    counts for none. The work grows with the clues, however many adverts share one.
    """
    condition = "count(*) > 1"
    if holders_max is not None:
        condition = f"count(*) BETWEEN 2 AND {holders_max}"
    return _SHARED.format(kinds=", ".join(str(int(kind)) for kind in kinds), condition=condition)
