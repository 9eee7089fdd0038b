"""What is odd about an advert but not refused."""

import statistics
from collections.abc import Collection, Iterator
from typing import NamedTuple

from listings.choices import Confirmation
from listings.identifiers import registration_years, vin_check_digit_is_valid
from listings.language.derivative import fill, read
from listings.models import Listing

SIMILAR_MIN, SIMILAR_MAX = 8, 500
FAR = 2
"""A price is far from usual below the half, or above the double, of the median."""


class Oddity(NamedTuple):
    code: str
    field: str
    message: str


class Oddities:
    """Finds them, asking for the usual price of a model and year once."""

    def __init__(self) -> None:
        self._usual: dict[tuple[int, int], float | None] = {}

    def of(self, row: Listing, written: Collection[str]) -> list[Oddity]:
        """Return what is odd about an advert in the fields that were written."""
        return [*_of_the_car(row), *_of_the_names(row, written), *self._of_the_price(row, written)]

    def _of_the_price(self, row: Listing, written: Collection[str]) -> Iterator[Oddity]:
        if row.price is None or not {"price", "year", "model"} & set(written):
            return
        usual = self._usual_price(row)
        if usual is not None and not usual / FAR <= row.price <= usual * FAR:
            side = "below half" if row.price < usual else "above double"
            yield Oddity(
                "price_unusual", "price", f"This is {side} of what such cars cost: £{usual:,.0f}."
            )

    def _usual_price(self, row: Listing) -> float | None:
        """Return the median price of public adverts of the model and about the year, if known."""
        key = (row.model_id, row.year)
        if key not in self._usual:
            similar = Listing.objects.public().filter(
                model=row.model_id,
                year__range=(row.year - 1, row.year + 1),
                price__isnull=False,
            )
            others = similar.exclude(pk=row.pk).order_by()
            prices = [price or 0 for price in others.values_list("price", flat=True)[:SIMILAR_MAX]]
            self._usual[key] = statistics.median(prices) if len(prices) >= SIMILAR_MIN else None
        return self._usual[key]


def _of_the_car(row: Listing) -> Iterator[Oddity]:
    if row.vin and _has_wrong_check_digit(row.vin):
        yield Oddity(
            "vin_check_digit", "vin", "The check digit does not fit: is a character mistyped?"
        )
    years = registration_years(row.vrm) if row.vrm else None
    if years is not None and row.year < years.start:
        message = f"The registration mark was first issued in {years.start}, after the year."
        yield Oddity("year_contradicts_vrm", "year", message)
    stated = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if not field.is_relation
    }
    for each in fill(stated, read(row.derivative)).contradictions:
        message = f"The derivative says {each.read}, not {each.stated}."
        yield Oddity("derivative_contradicts", each.field, message)


def _of_the_names(row: Listing, written: Collection[str]) -> Iterator[Oddity]:
    if "model" not in written:
        return
    for field, name in (("make", row.make), ("model", row.model)):
        if name.confirmation == Confirmation.PENDING:
            message = f"{name.name} is not in the catalogue yet: staff will confirm it."
            yield Oddity(f"{field}_to_confirm", field, message)


def _has_wrong_check_digit(vin: str) -> bool:
    """Makers who use no check digit often put a letter in its place: that is not wrong."""
    return vin[8] in "0123456789X" and not vin_check_digit_is_valid(vin)
