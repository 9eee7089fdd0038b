"""Rows that belong to a dealer."""

from typing import ClassVar, Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class DealerRows(models.QuerySet[Row]):
    """What acts for a dealer begins with `for_dealer`; `dealer_path` leads from row to dealer."""

    dealer_path: ClassVar[str] = "dealer"

    def for_dealer(self, dealer_id: int | models.OuterRef) -> Self:
        return self.filter(**{self.dealer_path: dealer_id})


class ListingRows(DealerRows[Row]):
    """Rows that belong to an advert."""

    dealer_path = "listing__dealer"


class RecordRows(DealerRows[Row]):
    """Rows that hang from what a person left; what was left for nobody's dealer is no dealer's."""

    dealer_path = "record__dealer"
