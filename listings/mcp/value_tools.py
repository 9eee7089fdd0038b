"""`value_car` and `market`: what a car asks here, and how its market stands."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from pydantic import BaseModel, Field

from listings.api.comparables import REASONS, ComparablesView, comparables_shown
from listings.api.described_car import UnderstoodCar
from listings.api.market import MarketView
from listings.api.price_ratings import shown_ratings
from listings.api.words import FreeTextParameter
from listings.exceptions import ListingNotFound
from listings.mcp.advert_text import plain_line
from listings.mcp.api_answers import NOT_FOR_SALE, api_answer
from listings.mcp.arguments import refuse_both
from listings.mcp.car_cards import CarCard, car_lines, car_title
from listings.mcp.car_tools import ID, car_id
from listings.mcp.tool import ChatTool, ToolAnswer
from listings.models import Listing
from listings.models.rules import MILEAGE_MAX
from listings.pages.typed_car import CHOICES, LENGTHS, YEAR_MIN, typed_car
from listings.pages.valuation import POLICY, TOO_OFTEN
from listings.pricing.value.comparable_adverts import ComparedCar
from listings.pricing.value.valuations import value_car
from listings.site.labels import pounds
from marketplace.api.parameters import ChoiceParameter, IntegerParameter, read_table, refuse
from marketplace.client_address import client_network
from marketplace.errors import DomainError, Invalid
from marketplace.rate_limits import count_request

NEAREST_MAX = 5
WEEKS_MAX = 8
OFFERS_MAX = 10
EITHER = "Give either id, of a car for sale, or car, in words, with its year and mileage."
_BY_ID: Mapping[str, forms.Field] = {
    "id": IntegerParameter(
        low=ID.low, high=ID.high, also=ID.also, description="A car that is for sale: its id."
    )
}
_IN_WORDS: Mapping[str, forms.Field] = {
    **_BY_ID,
    "car": FreeTextParameter(
        length_max=LENGTHS["car"],
        also=("name", "title"),
        description="Any other car: make, model and version, such as Ford Fiesta 1.0 Zetec 5dr.",
    ),
    "year": IntegerParameter(low=YEAR_MIN, high=2100, description="Year of first registration."),
    "mileage": IntegerParameter(
        low=0, high=MILEAGE_MAX, also=("miles",), description="Miles; a usual number without it."
    ),
    **{
        name: ChoiceParameter(values=choices.values, description="Where car does not say it.")
        for name, choices in CHOICES.items()
    },
}


class ValuedTooOften(DomainError):
    """Too many cars were valued from one network within the minute."""

    code = "throttled"
    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(TOO_OFTEN)
        self.retry_seconds = seconds


class EvidenceCar(CarCard):
    """A car for sale that a value rests on."""

    adjusted: int = Field(description="What it would ask if it were the car valued, in pounds.")
    differs: str = Field(description="How it differs from the car valued.")


class CarValue(BaseModel):
    """What such a car asks on this marketplace now: asking prices in whole pounds, not offers."""

    car: str = Field(description="The car as it was understood.")
    value: int | None
    low: int | None = Field(description="Eight in ten such cars ask from this …")
    high: int | None = Field(description="… to this.")
    confidence: str | None
    reason: str | None = Field(description="Why there is no value.")
    assumed: list[str] = Field(description="What was assumed of the car.")
    nearest: list[EvidenceCar] = Field(description="What the value rests on most.")


class MarketStanding(BaseModel):
    """How the market of a model or a make stands; null: it rests on too few dealers to be told."""

    make: str
    model: str | None
    live: int = Field(description="Cars for sale now.")
    asking_prices: dict[str, int] | None
    ratings: dict[str, float] | None = Field(description="The share of each price rating, 0 to 1.")
    days_to_sell: dict[str, int | None] | None
    weeks: list[dict[str, Any]] = Field(
        description=f"The last {WEEKS_MAX}: index of asking prices, and cars listed, sold and live."
    )


def value_of(request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return what a car asks, of the site's own or in words."""
    refuse_both(query, ("id", "car"), EITHER)
    told = _of_advert(request, query) if "id" in query else _of_words(request, query)
    said = f"{told.car}: {pounds(told.value) if told.value else told.reason or 'no value'}"
    if told.low and told.high:
        said += f", usually {pounds(told.low)} to {pounds(told.high)}"
    lines = [f"{said.removesuffix('.')}.", *told.assumed]
    if told.nearest:
        lines.append(car_lines(told.nearest))
    return ToolAnswer(told, "\n".join(lines))


def market(request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return the API's answer without the weeks that are long past."""
    told = api_answer(MarketView, request, query)
    weeks = told["weeks"][-WEEKS_MAX:]
    standing = MarketStanding(
        **{**{name: told[name] for name in MarketStanding.model_fields}, "weeks": weeks}
    )
    name = " ".join(filter(None, (standing.make, standing.model)))
    parts = [f"{name}: {standing.live:,} for sale."]
    if prices := standing.asking_prices:
        parts.append(f"Half of them ask {pounds(prices['median'])} or more.")
    if (days := standing.days_to_sell) and days["median"]:
        parts.append(f"Half are sold within {days['median']} days.")
    return ToolAnswer(standing, " ".join(parts))


def _of_advert(request: HttpRequest, query: QueryDict) -> CarValue:
    pk = car_id(query)
    limit = QueryDict(f"limit={NEAREST_MAX}")
    answer = api_answer(ComparablesView, request, limit, pk=pk)
    row = Listing.objects.public().with_card().filter(pk=pk).first()
    if row is None:  # it ended this moment
        raise ListingNotFound(NOT_FOR_SALE)
    rating = shown_ratings({pk: row.revision})[pk] or {}
    names = {"name": row.make.name}, {"name": row.model.name}
    return CarValue(
        car=car_title({"year": row.year, "make": names[0], "model": names[1]}),
        value=answer["value"],
        low=rating.get("low"),
        high=rating.get("high"),
        confidence=rating.get("confidence"),
        reason=_WHY.get(answer["reason"]),
        assumed=[],
        nearest=[_evidence(card) for card in answer["results"]],
    )


def _of_words(request: HttpRequest, query: QueryDict) -> CarValue:
    """Value a car as the page “What is my car worth?” does; nothing of it is kept."""
    _, errors = read_table(query, _IN_WORDS)
    refuse(errors)
    counted = count_request(POLICY, client_network(request))
    if counted and counted.is_exceeded:
        raise ValuedTooOften(counted.reset_seconds)
    typed = typed_car(query)
    if typed.understood is None or typed.faults:
        offers = f" Such as: {', '.join(typed.offers[:OFFERS_MAX])}." if typed.offers else ""
        faults = {name: [f"{text}{offers}"] for name, text in typed.faults.items()}
        raise Invalid("The car is not understood.", fields=faults)
    return _valued(typed.understood, typed.notes, request)


def _valued(understood: UnderstoodCar, notes: list[str], request: HttpRequest) -> CarValue:
    car, model = understood.car, understood.model
    found = value_car(car)
    compared = ComparedCar(*(getattr(car, name) for name in ComparedCar._fields))
    nearest = comparables_shown(list(found.nearest)[:NEAREST_MAX], compared, request)
    return CarValue(
        car=f"{car.year} {model.make.name} {model.name}",
        value=found.value,
        low=found.low_80,
        high=found.high_80,
        confidence=found.confidence,
        reason=_WHY.get(found.reason),
        assumed=notes,
        nearest=[_evidence(card) for card in nearest],
    )


def _evidence(card: Mapping[str, Any]) -> EvidenceCar:
    return EvidenceCar.of(card, adjusted=card["adjusted"], differs=plain_line(card["distance"]))


_WHY: Mapping[str | None, str] = {code: str(text) for code, text in REASONS}
_ASKS = "What a car asks here now: asking prices of like cars, with the cars they rest on. "
VALUE_ADVERT = ChatTool(
    "value_car", "Value a car", f"{_ASKS}Cars for sale only.", _BY_ID, CarValue, value_of
)
VALUE_CAR = ChatTool("value_car", "Value a car", f"{_ASKS}{EITHER}", _IN_WORDS, CarValue, value_of)
MARKET = ChatTool(
    "market",
    "Show a market",
    "How many of a model, or of a make, are for sale, what they ask, and how fast they sell.",
    MarketView.parameters,
    MarketStanding,
    market,
)
