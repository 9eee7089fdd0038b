"""`get_car`, `compare_cars` and `similar_cars`: adverts by their ids."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from pydantic import BaseModel, Field

from listings.api.chosen import ID_MAX, chosen_ids
from listings.api.compare import COMPARED_MAX, CompareView
from listings.api.similar import SimilarListingsView
from listings.api.views import ListingView
from listings.mcp.advert_text import AdvertText, advert_text, plain_line
from listings.mcp.api_answers import api_answer
from listings.mcp.car_cards import LIMIT, CarCard, car_lines
from listings.mcp.tool import ChatTool, ToolAnswer
from marketplace.api.parameters import IntegerParameter, read_table, refuse

WRITTEN = ("derivative",)
"""Of what a comparison names, what the dealer wrote; each card has it, marked."""

ID = IntegerParameter(
    low=1,
    high=ID_MAX,
    required=True,
    also=("pk", "car", "car_id", "listing_id"),
    description="The id of a car, as search_cars has it.",
)
FACTS = (
    *("previous_price", "admin_fee", "vat_scheme", "doors", "seats", "body_type", "colour"),
    *("drivetrain", "engine_cc", "power_bhp", "co2_g_km", "mpg", "battery_kwh"),
    *("electric_range_miles", "euro_standard", "ulez", "owners", "service_history"),
    *("mot_expires_on", "first_registered_on", "write_off", "published_at"),
)


class PriceStanding(BaseModel):
    """How a price stands to what such cars ask here, in whole pounds."""

    label: str | None
    value: int | None = Field(description="What such a car asks.")
    low: int | None = Field(description="Four of five such cars ask from this …")
    high: int | None = Field(description="… to this.")
    confidence: str | None
    reason: str | None = Field(description="Why there is no label.")

    @classmethod
    def of(cls, rating: Mapping[str, Any] | None) -> "PriceStanding | None":
        return cls(**{name: rating[name] for name in cls.model_fields}) if rating else None


class CarSeller(BaseModel):
    """Where a car stands, and how to reach its dealer."""

    name: str
    phone: str
    postcode: str
    open: dict[str, str] = Field(description="By day; a day that is missing is closed.")


class CarDetails(BaseModel):
    """A car in full."""

    car: CarCard
    facts: dict[str, Any] = Field(description="What is known beside the card; write_off: A to N.")
    equipment: list[str] = Field(description="As far as the advert says so.")
    price_standing: PriceStanding | None
    seller: CarSeller
    photo: str | None = Field(description="The cover.")
    advert_text: AdvertText


class CarDifference(BaseModel):
    """A fact in which cars differ, with the value of each in their order; null: not stated."""

    fact: str
    values: list[Any]


class CarComparison(BaseModel):
    """Cars side by side."""

    cars: list[CarCard]
    differences: list[CarDifference]
    gone: list[int] = Field(description="Ids that are not for sale any more.")


class AlikeCar(CarCard):
    """An alternative, and why: by code, with pounds, years or miles."""

    reasons: dict[str, int | None]


class AlikeCars(BaseModel):
    """Alternatives to a car, the nearest first."""

    cars: list[AlikeCar]


def get_car(request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return an advert of the API."""
    row = api_answer(ListingView, request, QueryDict(), pk=car_id(query))
    card, cover = CarCard.of(row), row["photo"]
    details = CarDetails(
        car=card,
        facts={name: row[name] for name in FACTS if row[name] is not None},
        equipment=row["equipment"] or [],
        price_standing=PriceStanding.of(row["price_rating"]),
        seller=_seller(row),
        photo=cover and cover["url"],
        advert_text=advert_text(row),
    )
    return ToolAnswer(details, card.line())


def compare_cars(request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return the API's comparison, of each difference the values side by side."""
    answer = api_answer(CompareView, request, query)
    rows = answer["results"]
    comparison = CarComparison(
        cars=[CarCard.of(row) for row in rows],
        differences=[
            CarDifference(fact=name, values=[row[name] for row in rows])
            for name in answer["differences"]
            if name not in WRITTEN
        ],
        gone=[each["id"] for each in answer["gone"]],
    )
    differing = ", ".join(each.fact for each in comparison.differences) or "nothing that is stated"
    text = f"{car_lines(comparison.cars)}\nThey differ in {differing}."
    if comparison.gone:
        text += f"\nNot for sale any more: {', '.join(map(str, comparison.gone))}."
    return ToolAnswer(comparison, text)


def similar_cars(request: HttpRequest, query: QueryDict) -> ToolAnswer:
    """Return the API's alternatives to an advert."""
    pk = car_id(query)
    own, errors = read_table(query, LIMIT)
    refuse(errors)
    limit = QueryDict(f"limit={own['limit']}")
    answer = api_answer(SimilarListingsView, request, limit, pk=pk)
    found = AlikeCars(
        cars=[
            AlikeCar.of(card, reasons={each["code"]: each["value"] for each in card["reasons"]})
            for card in answer["results"]
        ]
    )
    return ToolAnswer(found, car_lines(found.cars))


def car_id(query: QueryDict) -> int:
    """Return the id that is asked for. Raises `Invalid`."""
    values, errors = read_table(query, {"id": ID})
    refuse(errors)
    return int(values["id"])


def _seller(row: Mapping[str, Any]) -> CarSeller:
    dealer, branch = row["dealer"], row["branch"]
    return CarSeller(
        name=plain_line(dealer["name"]),
        phone=plain_line(branch["phone"] or dealer["phone"]),
        postcode=plain_line(branch["postcode"]),
        open={
            each["day"]: f"{each['opens']}-{each['closes']}"
            for each in branch["opening_hours"] or ()
        },
    )


_BY_ID: Mapping[str, forms.Field] = {"id": ID}
GET_CAR = ChatTool(
    "get_car",
    "Read an advert",
    "Everything that is known of one car: facts, equipment, how its price stands, the dealer, and "
    "what the dealer wrote.",
    _BY_ID,
    CarDetails,
    get_car,
)
COMPARE_CARS = ChatTool(
    "compare_cars",
    "Compare cars",
    f"Cars side by side, {COMPARED_MAX} at most, and in what they differ.",
    chosen_ids(COMPARED_MAX),
    CarComparison,
    compare_cars,
)
SIMILAR_CARS = ChatTool(
    "similar_cars",
    "Find similar cars",
    "The cars for sale that are nearest to one, and why each is.",
    {**_BY_ID, **LIMIT},
    AlikeCars,
    similar_cars,
)
