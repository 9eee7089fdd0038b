"""The one place that decides which rows of a dealer a request sees."""

from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet

from dealers.models import Dealer, Membership, User
from dealers.panel.context import DealerContext
from listings.models import DealerRows, Listing, Make
from listings.models import Model as CarModel

Rows = TypeVar("Rows", bound=QuerySet[Any])

SHARED: set[type[Model]] = {Make, CarModel}
"""The same for every dealer: the catalogue."""

PATHS: dict[type[Model], str] = {
    User: "memberships__dealer",
}
"""How to get from a row to its dealer, for models whose rows are no `DealerRows`."""


def scoped(rows: Rows, current: DealerContext | None) -> Rows:
    """Return those of these rows that belong to the dealer of the context; none without one.

    Raises `ImproperlyConfigured` for a model that does not say whose its rows are.
    """
    path = path_to_dealer(rows.model)
    if current is None:
        return rows.none()
    if path is None:
        return rows
    if isinstance(rows, DealerRows):
        return rows.for_dealer(current.dealer.pk)
    return rows.filter(**{path: current.dealer.pk})


def path_to_dealer(model: type[Model]) -> str | None:
    """Return the lookup from a row of this model to its dealer; None for what all share."""
    if model in SHARED:
        return None
    if model in PATHS:
        return PATHS[model]
    manager = model._meta.default_manager
    rows = manager.all() if manager else None
    if isinstance(rows, DealerRows):
        return rows.dealer_path
    for field in model._meta.concrete_fields:
        if field.name == "dealer" and field.related_model is Dealer:
            return "dealer"
        if field.name == "listing" and field.related_model is Listing:
            return "listing__dealer"
        if field.name == "membership" and field.related_model is Membership:
            return "membership__dealer"
    raise ImproperlyConfigured(
        f"{model.__name__} does not lead to a dealer: name its path in dealers.panel.scope.PATHS."
    )
