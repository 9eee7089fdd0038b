"""A car as an answer shows it: a card of the API, cut to what a conversation needs."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from pydantic import BaseModel, Field

from listings.choices import PriceRating
from listings.mcp.advert_text import DERIVATIVE_MAX, MARK, plain_line
from listings.site import labels
from listings.site.addresses import advert_path, canonical, elsewhere
from marketplace.api.parameters import IntegerParameter

CARDS_MAX = 10
NO_CARS = "No car."
LIMIT: Mapping[str, forms.Field] = {
    "limit": IntegerParameter(
        low=1,
        high=CARDS_MAX,
        default=5,
        also=("page_size", "size", "count"),
        description="How many at most.",
    )
}
Rating = Literal["lower", "great", "good", "fair", "higher"]


class CarCard(BaseModel):
    """A car for sale."""

    id: int = Field(description="What the other tools take.")
    title: str = Field(description="Year, make and model.")
    price: int | None = Field(description="Whole pounds; null: on application.")
    mileage: int = Field(description="Miles.")
    year: int
    fuel: str | None
    transmission: str | None
    town: str
    distance_miles: float | None = Field(description="From near; null without it.")
    price_rating: Rating | None = Field(
        description="How the price stands to what such cars ask; null: not rated."
    )
    reserved: bool
    url: str = Field(description="The page of the advert, for people.")
    advert_text: str = Field(description=f"The version, such as 1.0 Zetec 5dr. {MARK}")

    @classmethod
    def of(cls, card: Mapping[str, Any], **more: Any) -> Self:
        """Take a card of the API, or a whole advert of it."""
        rating = card["price_rating"]
        title = car_title(card)
        return cls(
            **{name: card[name] for name in ("id", "price", "mileage", "year", "reserved")},
            title=title,
            fuel=card["fuel"],
            transmission=card["transmission"],
            town=plain_line(card["town"]),
            distance_miles=card.get("distance_miles"),
            price_rating=rating and rating["label"],
            url=public_url(card["id"], title),
            advert_text=plain_line(card["derivative"], DERIVATIVE_MAX),
            **more,
        )

    def line(self) -> str:
        """Return the car in a line of plain text, without a word of its dealer's."""
        rated = [str(_RATED[self.price_rating])] if self.price_rating else []
        price, miles = labels.pounds(self.price), f"{self.mileage:,} miles"
        said = ", ".join([self.title, price, miles, *([self.town] if self.town else []), *rated])
        return f"{said} (id {self.id}): {self.url}"


def car_title(card: Mapping[str, Any]) -> str:
    """Return year, make and model, which are the catalogue's names."""
    return f"{card['year']} {plain_line(card['make']['name'])} {plain_line(card['model']['name'])}"


def public_url(listing_id: int, title: str) -> str:
    """Return where people read an advert; no word of its dealer's is in it."""
    if settings.PUBLIC_LISTING_URL:
        return elsewhere(listing_id, title)
    return canonical(advert_path(listing_id, title))


def car_lines(cars: Iterable[CarCard]) -> str:
    """Return cars one below the other."""
    return "\n".join(car.line() for car in cars) or NO_CARS


_RATED: Mapping[str, str | Promise] = {each.value: each.label for each in PriceRating}
