"""Addresses of photos as before change sets, where nobody has changed them since."""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from listings.choices import Source
from listings.models import ReplacedPhotoList
from listings.photos.sources import DIGEST, set_photo_urls_in_bulk

KEPT_FOR = timedelta(days=8)
"""Longer than anything can be undone."""

_REPLACED = f"""
    SELECT list.listing_id, (array_agg(list.urls ORDER BY list.id))[1],
        (array_agg(list.digest ORDER BY list.id DESC))[1] IS NOT DISTINCT FROM (
            SELECT {DIGEST} FROM listings_photosource AS source
            WHERE source.listing_id = list.listing_id AND state <> 'superseded'
        )
    FROM listings_replacedphotolist AS list
    WHERE list.change_set_id = ANY(%s) AND list.listing_id = ANY(%s)
    GROUP BY list.listing_id ORDER BY list.listing_id
"""  # noqa: S608 - put together from constants


class RestoredPhotos(NamedTuple):
    """The adverts whose photos are as before, and those where somebody changed them since."""

    restored: frozenset[int]
    kept: frozenset[int]


def restore_photo_urls(
    *, change_set_ids: Collection[int], listing_ids: Collection[int], actor_id: int | None
) -> RestoredPhotos:
    """Have photos fetched from the addresses before these change sets, of locked adverts."""
    with connection.cursor() as cursor:
        cursor.execute(_REPLACED, [list(change_set_ids), list(listing_ids)])
        found = [(pk, orjson.loads(urls), same) for pk, urls, same in cursor.fetchall()]
    wanted = [(pk, urls) for pk, urls, is_same in found if is_same]
    if wanted:
        set_photo_urls_in_bulk(wanted, actor_id=actor_id, source=Source.PERSON)
    return RestoredPhotos(
        frozenset(pk for pk, _ in wanted), frozenset(pk for pk, _, same in found if not same)
    )


def prune_replaced_lists() -> int:
    """Forget lists that nothing can bring back any more; return how many."""
    old = ReplacedPhotoList.objects.filter(replaced_at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]
