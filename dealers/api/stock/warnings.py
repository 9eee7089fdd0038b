"""What is odd about an advert but not refused."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from listings.catalogue import likely_models
from listings.choices import Confirmation
from listings.identifiers import registration_years, vin_check_digit_is_valid
from listings.language.derivative import fill, read
from listings.models import Listing
from listings.models.car_link import own_duplicates_now
from listings.pricing import ModelPrices, PricedCar

FAR = 2
"""A price is far from usual below the half, or above the double, of the median."""


class Oddity(NamedTuple):
    code: str
    field: str
    message: str


class Oddities:
    """Finds them, asking for the usual prices of models and years once, and together."""

    def __init__(self, prices: ModelPrices) -> None:
        self._prices = prices

    def look_up(self, rows: Iterable[Listing]) -> None:
        """Find what live adverts of each model and about the year ask, if known."""
        self._prices.look_up(_priced(row) for row in rows if row.price is not None)

    def of(self, row: Listing, written: Collection[str]) -> list[Oddity]:
        """Return what is odd about an advert in the fields that were written."""
        return [*_of_the_car(row), *_of_the_names(row, written), *self._of_the_price(row, written)]

    def _of_the_price(self, row: Listing, written: Collection[str]) -> Iterator[Oddity]:
        if row.price is None or not {"price", "year", "model"} & set(written):
            return
        self.look_up([row])
        usual = self._prices.median(_priced(row))
        if usual is not None and not usual / FAR <= row.price <= usual * FAR:
            side = "below half" if row.price < usual else "above double"
            yield Oddity(
                "price_unusual", "price", f"This is {side} of what such cars cost: £{usual:,.0f}."
            )


def of_duplicates(rows: Mapping[int, Collection[str]]) -> dict[int, Oddity]:
    """Return the warnings about cars that the dealer has in another advert, by advert.

    `rows` are those just written, each with its written fields: only a name is a reason to look.
    """
    named = [pk for pk, written in rows.items() if {"vrm", "vin"} & set(written)]
    return {
        pk: Oddity("car_listed_twice", "vrm", f"Advert {other} of yours is of the same car.")
        for pk, other in own_duplicates_now(named).items()
    }


def _priced(row: Listing) -> PricedCar:
    return PricedCar(row.model_id, row.year, row.pk)


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
    meant = _meant(row) if row.model.confirmation == Confirmation.PENDING else ""
    for field, name in (("make", row.make), ("model", row.model)):
        if name.confirmation == Confirmation.PENDING:
            message = f"{name.name} is not in the catalogue yet: staff will confirm it.{meant}"
            yield Oddity(f"{field}_to_confirm", field, message)


def _meant(row: Listing) -> str:
    likely = likely_models(make_name=row.make.name, model_name=row.model.name)
    names = " or ".join(f"{each.make} {each}" for each in likely)
    return f" Did you mean {names}?" if names else ""


def _has_wrong_check_digit(vin: str) -> bool:
    """Makers who use no check digit often put a letter in its place: that is not wrong."""
    return vin[8] in "0123456789X" and not vin_check_digit_is_valid(vin)
