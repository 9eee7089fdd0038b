"""Where branches are, from their postcodes."""

from collections.abc import Iterable

from django.db.models import CharField, F, Func, OuterRef, Subquery, Value
from django.db.models.functions import Replace, Upper

from dealers.models import Branch
from listings.models import Outcode

UNIT = "[0-9][A-Z]{2}$"


def locate_branches(*, ids: Iterable[int] | None = None) -> int:
    """Give branches without coordinates those of their outcode; return how many got some.

    Of all branches, or of those named. A branch whose outcode is not loaded stays without.
    """
    rows = Branch.objects.filter(latitude=None, longitude=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    compact = Replace(Upper(F("postcode")), Value(" "), Value(""))
    outcode = Func(
        compact, Value(UNIT), Value(""), function="regexp_replace", output_field=CharField()
    )
    known = Outcode.objects.filter(code=OuterRef("outcode"))
    return (
        rows.annotate(outcode=outcode)
        .filter(outcode__in=Outcode.objects.values("code"))
        .update(
            latitude=Subquery(known.values("latitude")),
            longitude=Subquery(known.values("longitude")),
        )
    )
