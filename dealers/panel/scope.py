"""The one place that decides which rows of a dealer a request sees."""

from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet

from dealers.panel.context import DealerContext
from listings.models import DealerRows, Make
from listings.models import Model as CarModel

Rows = TypeVar("Rows", bound=QuerySet[Any])

SHARED: set[type[Model]] = {Make, CarModel}
"""The same for every dealer: the catalogue."""


def scoped(rows: Rows, current: DealerContext | None) -> Rows:
    """Return those of these rows that belong to the dealer of the context; none without one.

    Raises `ImproperlyConfigured` for rows that do not say whose they are.
    """
    if rows.model in SHARED:
        return rows if current else rows.none()
    if not isinstance(rows, DealerRows):
        message = f"{rows.model.__name__} does not lead to a dealer: its rows are no DealerRows."
        raise ImproperlyConfigured(message)
    return rows.for_dealer(current.dealer.pk) if current else rows.none()
