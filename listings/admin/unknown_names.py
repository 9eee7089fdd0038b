"""Makes and models that feeds and forms brought and nobody has placed, those most needed first."""

from typing import Any

from django.db.models import Count, Min, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from listings.choices import Confirmation
from listings.models import Listing, Make, Model


def unknown_makes() -> QuerySet[Make]:
    """Return pending makes, with their models and what `_with_need` adds."""
    pending = Make.objects.filter(confirmation=Confirmation.PENDING)
    models = Prefetch("models", Model.objects.order_by("name"))
    adverts = Listing.objects.filter(make=OuterRef("pk"))
    return _with_need(pending, adverts, "make").prefetch_related(models)


def unknown_models() -> QuerySet[Model]:
    """Return pending models of makes that are placed: those of a pending make go with it."""
    pending = Model.objects.filter(
        confirmation=Confirmation.PENDING, make__confirmation=Confirmation.CONFIRMED
    )
    adverts = Listing.objects.filter(make=OuterRef("make"), model=OuterRef("pk"))
    return _with_need(pending.select_related("make"), adverts, "model")


def _with_need(rows: QuerySet[Any], every: QuerySet[Listing], key: str) -> QuerySet[Any]:
    """Add `advert_count`, `dealer_count`, a `dealer_name` and `first_at`, when one first came."""
    adverts = every.order_by().values(key)
    needed: QuerySet[Any] = rows.annotate(
        advert_count=Coalesce(Subquery(adverts.annotate(n=Count("pk")).values("n")), 0),
        dealer_count=Subquery(adverts.annotate(n=Count("dealer", distinct=True)).values("n")),
        dealer_name=Subquery(adverts.annotate(n=Min("dealer__name")).values("n")),
        first_at=Subquery(adverts.annotate(n=Min("created_at")).values("n")),
    )
    return needed.order_by("-advert_count", "name", "pk")
