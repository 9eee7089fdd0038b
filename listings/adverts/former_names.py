"""Marks and VINs of adverts that ended long ago: digests in their place, and back again."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Q

from listings.models import FormerName, Listing
from marketplace.digests import digest, digests

Name = FormerName.IdentityKind

# A reference that is the mark or the VIN itself goes with it; so does what events tell of them.
_BLANK = """
    UPDATE listings_listing SET vrm = NULL, vin = NULL, stock_ref = CASE
        WHEN upper(regexp_replace(stock_ref, '[^A-Za-z0-9]', '', 'g')) IN (vrm, vin) THEN NULL
        ELSE stock_ref END
    WHERE id = ANY(%s)
"""
_BLANK_EVENTS = """
    UPDATE listings_listingevent SET changes = changes - '{vrm,vin,stock_ref}'::text[]
    WHERE listing_id = ANY(%s) AND changes ?| '{vrm,vin,stock_ref}'::text[]
"""
_GIVE_BACK = """
    UPDATE listings_listing AS listing SET {name} = given.value
    FROM unnest(%s::bigint[], %s::text[]) AS given (id, value)
    WHERE listing.id = given.id AND listing.{name} IS NULL
"""


@transaction.atomic
def forget_names(rows: Sequence[Listing]) -> None:
    """Keep digests in the place of these adverts' marks and VINs."""
    former = [
        FormerName(listing=row, name=name, digest=digest(name, value))
        for row in rows
        for name in Name.values
        if (value := getattr(row, name))
    ]
    FormerName.objects.bulk_create(
        former,
        update_conflicts=True,
        update_fields=["digest"],
        unique_fields=["listing", "name"],
    )
    ids = [row.pk for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_BLANK, [ids])
        cursor.execute(_BLANK_EVENTS, [ids])


def is_called(name: str, value: str) -> Q:
    """Return the condition of adverts that have a mark or VIN, or had it once."""
    former = FormerName.objects.filter(name=name, digest__in=digests(name, value))
    return Q(**{name: value}) | Q(pk__in=former.values("listing"))


@transaction.atomic
def recall_names(*, dealer_id: int, name: str, values: Iterable[str]) -> list[tuple[int, str]]:
    """Give a dealer's adverts back the marks, or VINs, that somebody brings again.

    Return adverts, each with its name. Whatever looks cars up by mark or VIN finds them then.
    """
    former = FormerName.objects.for_dealer(dealer_id).filter(name=name)
    if not former.exists():
        return []
    by_digest = {each: value for value in values for each in digests(name, value)}
    found = former.filter(digest__in=by_digest).order_by("listing")
    pairs = [(row.listing_id, by_digest[row.digest]) for row in found]
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(
                _GIVE_BACK.format(name=name), [list(each) for each in zip(*pairs, strict=True)]
            )
        found.delete()
    return pairs
