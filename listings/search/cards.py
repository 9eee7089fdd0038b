"""From ids that an engine found to the rows a page shows."""

from collections.abc import Iterable

from django.db.models import Prefetch

from listings.models import Listing, Photo

COVER = Prefetch("photos", queryset=Photo.objects.filter(position=0), to_attr="cover")


def cards(ids: Iterable[int]) -> list[Listing]:
    """Return the adverts of these ids in their order, without any that is public no more."""
    wanted = list(ids)
    rows = Listing.objects.public().with_card().prefetch_related(COVER).in_bulk(wanted)
    return [rows[id_] for id_ in wanted if id_ in rows]
