"""Photographs in the order of their addresses, and rid of those whose successors are there."""

from collections.abc import Sequence

from django.db import connection

# A photo whose address is on the list no more goes when the one in its place is there. One whose
# place the list does not have any more goes when the rest of the list is settled, unless nothing
# of it could be fetched.
_DROP = """
    WITH gone AS (
        SELECT id FROM listings_photosource AS old
        WHERE listing_id = ANY(%(ids)s::bigint[]) AND state = 'superseded' AND CASE
            WHEN EXISTS (SELECT FROM listings_photosource AS new
                WHERE new.listing_id = old.listing_id AND new.place = old.place
                    AND new.state <> 'superseded')
            THEN EXISTS (SELECT FROM listings_photosource AS new
                WHERE new.listing_id = old.listing_id AND new.place = old.place
                    AND new.state IN ('fetched', 'removed'))
            ELSE NOT EXISTS (SELECT FROM listings_photosource AS new
                WHERE new.listing_id = old.listing_id AND new.state = 'pending')
                AND (EXISTS (SELECT FROM listings_photosource AS new
                    WHERE new.listing_id = old.listing_id AND new.state IN ('fetched', 'removed'))
                OR NOT EXISTS (SELECT FROM listings_photosource AS new
                    WHERE new.listing_id = old.listing_id AND new.state <> 'superseded'))
            END
    ), photos AS (
        DELETE FROM listings_photo USING gone WHERE source_id = gone.id
    )
    DELETE FROM listings_photosource USING gone WHERE listings_photosource.id = gone.id
"""
_CLOSE_UP = """
    UPDATE listings_photo AS photo SET position = placed.position
    FROM (
        SELECT id, row_number() OVER (PARTITION BY listing_id ORDER BY position) - 1 AS position
        FROM listings_photo WHERE listing_id = ANY(%(ids)s::bigint[])
    ) AS placed
    WHERE photo.id = placed.id AND photo.position <> placed.position
"""
# The places that fetched photos hold among the uploaded ones are filled in the order of the list.
_ARRANGE = """
    WITH fetched AS (
        SELECT photo.id, photo.listing_id, photo.position,
            row_number() OVER (PARTITION BY photo.listing_id ORDER BY photo.position) AS nth,
            row_number() OVER (PARTITION BY photo.listing_id
                ORDER BY source.place, source.state = 'superseded', source.id) AS wanted
        FROM listings_photo AS photo
        JOIN listings_photosource AS source ON source.id = photo.source_id
        WHERE photo.listing_id = ANY(%(ids)s::bigint[])
    )
    UPDATE listings_photo AS photo SET position = slot.position
    FROM fetched, fetched AS slot
    WHERE photo.id = fetched.id AND slot.listing_id = fetched.listing_id
        AND slot.nth = fetched.wanted AND photo.position <> slot.position
"""


def reconcile(listing_ids: Sequence[int], *, in_order: bool = True) -> None:
    """Drop what has been succeeded; `in_order` puts the fetched photos in the order of the lists.

    The caller holds the adverts' locks.
    """
    with connection.cursor() as cursor:
        for statement in (_DROP, _CLOSE_UP, *([_ARRANGE] if in_order else [])):
            cursor.execute(statement, {"ids": list(listing_ids)})
