"""How the market of a model stands, and what is not told so that no dealer is laid bare."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from listings.choices import PriceRating
from listings.models import Listing, MarketWeek, Model
from listings.pricing.value.dealer_floor import DEALERS_MIN
from listings.pricing.value.new_adverts import monday, week_number
from marketplace.london_time import london_today
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/market/"
RANGE_ROVER = {"make": "land-rover", "model": "range-rover"}


def ask(client: Client, **parameters: Any) -> Any:
    response = client.get(URL, parameters or RANGE_ROVER)
    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "public, max-age=600"
    return response.json()


def on_sale(model: Model, dealers: int, each: int = 1) -> list[Listing]:
    rows = []
    for number in range(dealers):
        place = make.branch()
        for one in range(each):
            price = 20_000 + 1_000 * number + 100 * one
            rows.append(make.live(model=model, branch=place, price=price))
    return rows


def week(model: Model, ago: int, **fields: Any) -> MarketWeek:
    day = monday(week_number(london_today()) - ago)
    return MarketWeek.objects.create(week=day, model=model, **fields)


def sale_week(model: Model, sellers: int, **fields: Any) -> MarketWeek:
    days = {"days_to_sell": 31.4, "days_low": 24.6, "days_high": 40.2, "sales": 40}
    return week(model, 0, selling_dealers=sellers, **{**days, **fields})


def test_a_market_is_told_with_all_that_is_known(client: Client) -> None:
    model = make.model()
    rows = on_sale(model, 5)
    for row, label in zip(rows, ["great", "good", "good", "fair", "good"], strict=True):
        make.value(row, 22_000, label=PriceRating(label))
    week(model, 1, level=0.02, level_error=0.004, listed=9, sold=7, live=60, dealers=8)
    sale_week(model, 6, level=0.07, level_error=0.005, listed=4, sold=3, live=5, dealers=5)
    this, last = (monday(week_number(london_today()) - ago).isoformat() for ago in (0, 1))
    assert ask(client) == {
        "make": "land-rover",
        "model": "range-rover",
        "live": 5,
        "asking_prices": {
            "least": 20_000,
            "lower_quartile": 21_000,
            "median": 22_000,
            "upper_quartile": 23_000,
            "most": 24_000,
        },
        "ratings": {"lower": 0.0, "great": 0.2, "good": 0.6, "fair": 0.2, "higher": 0.0},
        "days_to_sell": {"median": 31, "low": 25, "high": 40, "sales": 40},
        "days_to_sell_reason": None,
        "weeks": [
            {"week": last, "index": 100.0, "error": 0.4, "listed": 9, "sold": 7, "live": 60},
            {"week": this, "index": 105.1, "error": 0.5, "listed": 4, "sold": 3, "live": 5},
        ],
    }


def test_a_market_of_four_dealers_tells_what_anybody_can_count_alone(client: Client) -> None:
    model = make.model()
    for row in on_sale(model, DEALERS_MIN - 1, each=5):
        make.value(row, 22_000, label=PriceRating.GOOD)
    sale_week(model, 4, level=0.1, level_error=0.01, listed=9, sold=7, live=20, dealers=4)
    told = ask(client)
    assert told["live"] == 20
    assert (told["asking_prices"], told["ratings"], told["days_to_sell"]) == (None, None, None)
    assert told["days_to_sell_reason"] == "not_enough_sales"
    (only,) = told["weeks"]
    assert {name: only[name] for name in ("index", "error", "listed", "sold", "live")} == {
        "index": None,
        "error": None,
        "listed": None,
        "sold": None,
        "live": 20,
    }


def test_each_figure_has_its_own_dealers_behind_it(client: Client) -> None:
    """Many dealers show the car, four of them sold it, and four have cars with a rating."""
    model = make.model()
    for row in on_sale(model, 8)[:4]:
        make.value(row, 22_000, label=PriceRating.GOOD)
    week(model, 1, listed=3, sold=2, live=8, dealers=4)
    sale_week(model, 4, listed=3, sold=2, live=8, dealers=8)
    told = ask(client)
    assert told["asking_prices"] is not None
    assert (told["ratings"], told["days_to_sell"]) == (None, None)
    assert [(each["listed"], each["sold"]) for each in told["weeks"]] == [(None, None), (3, 2)]


@pytest.mark.parametrize("hidden", [{"is_active": False}, {"is_sandbox": True}])
def test_a_hidden_dealer_and_a_stale_rating_count_for_nobody(
    client: Client, hidden: dict[str, bool]
) -> None:
    model = make.model()
    rows = on_sale(model, 5)
    for row in rows:
        make.value(row, 22_000, label=PriceRating.GOOD)
    assert ask(client)["ratings"] is not None
    Listing.objects.filter(pk=rows[0].pk).update(mileage=1)
    assert ask(client)["ratings"] is None
    assert ask(client)["asking_prices"] is not None
    type(rows[0].dealer).objects.filter(pk=rows[0].dealer_id).update(**hidden)
    assert (ask(client)["live"], ask(client)["asking_prices"]) == (4, None)


def test_days_to_sell_beyond_a_year_have_no_end(client: Client) -> None:
    model = make.model()
    sale_week(model, 5, days_high=None)
    assert ask(client)["days_to_sell"] == {"median": 31, "low": 25, "high": None, "sales": 40}


def test_old_days_to_sell_and_old_weeks_are_not_told(client: Client) -> None:
    model = make.model()
    MarketWeek.objects.create(
        week=london_today() - timedelta(weeks=60), model=model, live=3, dealers=9
    )
    week(model, 5, sales=9, selling_dealers=9, days_to_sell=20.0, live=3, dealers=9)
    told = ask(client)
    assert told["days_to_sell"] is None
    assert len(told["weeks"]) == 1


def test_prices_on_application_are_no_prices(client: Client) -> None:
    model = make.model()
    for row in on_sale(model, 6)[:5]:
        Listing.objects.filter(pk=row.pk).update(price=None)
    assert (ask(client)["live"], ask(client)["asking_prices"]) == (6, None)


def test_a_model_nobody_sells_is_told_as_empty(client: Client) -> None:
    make.model()
    assert ask(client) == {
        **RANGE_ROVER,
        "live": 0,
        "asking_prices": None,
        "ratings": None,
        "days_to_sell": None,
        "days_to_sell_reason": "not_enough_sales",
        "weeks": [],
    }


@pytest.mark.parametrize(
    ("parameters", "at_fault", "words"),
    [
        ({}, "make", "required"),
        ({"model": "range-rover"}, "make", "required"),
        ({"make": "land-rovr"}, "make", "Did you mean 'land-rover'?"),
        ({**RANGE_ROVER, "colour": "red"}, "colour", ""),
        ({"make": "land-rovr", "model": "range-rover"}, "make", "Did you mean 'land-rover'?"),
        ({"make": "land-rover", "model": "range-rovr"}, "model", "Did you mean 'range-rover'?"),
        ({"make": "audi", "model": "range-rover"}, "model", "is a model of Land Rover"),
        ({"make": "land-rover", "model": "pending"}, "model", "There is no model 'pending'"),
    ],
)
def test_what_names_no_model_is_refused(
    client: Client, parameters: dict[str, str], at_fault: str, words: str
) -> None:
    make.model()
    make.model("Pending", confirmation="pending")
    make.model("A3", make.make("Audi"))
    response = client.get(URL, parameters)
    assert response.status_code == 400
    faults = response.json()["fields"]
    assert words in str(faults[at_fault])
