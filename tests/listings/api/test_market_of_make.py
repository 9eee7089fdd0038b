"""How the market of a make stands, and that it never tells of a model that is not told."""

from typing import Any

import pytest
from django.test import Client

from dealers.models import Branch
from listings import periodic
from listings.choices import PriceRating
from listings.models import MarketWeek, Model
from listings.pricing.value.dealer_floor import dealers_behind
from tests import make
from tests.listings.pricing.value.past import listed, sold

pytestmark = pytest.mark.django_db
URL = "/api/v1/market/"


def ask(client: Client, **parameters: str) -> Any:
    periodic.renew_market()
    response = client.get(URL, {"make": "land-rover", **parameters})
    assert response.status_code == 200, response.content
    return response.json()


def places(number: int) -> list[Branch]:
    return [make.branch() for _ in range(number)]


def stand(model: Model, at: list[Branch], price: int = 20_000) -> None:
    """Put one car of a model on sale in each place, rated, and sell another after 20 days."""
    for place in at:
        make.value(listed(place, model, 30, price=price), 22_000, label=PriceRating.GOOD)
        sold(listed(place, model, 20), 0)


def told(answer: Any) -> dict[str, bool]:
    """Say which of the guarded figures an answer has."""
    (week,) = [each for each in answer["weeks"] if each["live"]]
    return {
        "prices": answer["asking_prices"] is not None,
        "ratings": answer["ratings"] is not None,
        "days": answer["days_to_sell"] is not None,
        "sold": week["sold"] is not None,
    }


ALL, NONE = (dict.fromkeys(("prices", "ratings", "days", "sold"), told) for told in (True, False))


def test_models_of_few_dealers_are_told_together(client: Client) -> None:
    """Three models of two dealers each are told of none by itself, and of the make."""
    for name in ("Defender", "Discovery", "Freelander"):
        stand(make.model(name), places(2))
    stand(make.model("A3", make.make("Audi")), places(1), price=9_000)
    answer = ask(client)
    assert (answer["make"], answer["model"], answer["live"]) == ("land-rover", None, 6)
    assert told(answer) == ALL
    assert answer["asking_prices"]["least"] == 20_000
    assert answer["ratings"]["good"] == 1.0
    assert answer["days_to_sell"]["sales"] == 6
    assert [(each["live"], each["sold"]) for each in answer["weeks"] if each["live"]] == [(6, 6)]
    assert told(ask(client, model="defender")) == NONE


def test_a_make_is_not_told_where_it_would_tell_of_one_dealer(client: Client) -> None:
    """Six dealers have the one model that is told; take it away, and what is left is one's."""
    stand(make.model("Defender"), places(6))
    stand(make.model("Discovery"), places(1))
    assert told(ask(client, model="defender")) == ALL
    answer = ask(client)
    assert told(answer) == NONE
    assert answer["live"] == 7


def test_what_is_left_over_of_enough_dealers_is_told(client: Client) -> None:
    shared = places(6)
    stand(make.model("Defender"), shared)
    stand(make.model("Discovery"), shared[:3])
    stand(make.model("Freelander"), shared[2:4])
    assert told(ask(client)) == NONE
    stand(make.model("Evoque"), shared[4:5])
    assert told(ask(client)) == ALL


def test_a_make_whose_models_are_all_told_is_told(client: Client) -> None:
    for name in ("Defender", "Discovery"):
        stand(make.model(name), places(5))
    answer = ask(client)
    assert told(answer) == ALL
    assert answer["days_to_sell"]["sales"] == 10


def test_four_dealers_of_a_make_are_not_told(client: Client) -> None:
    shared = places(4)
    for name in ("Defender", "Discovery"):
        stand(make.model(name), shared)
    assert told(ask(client)) == NONE


def test_the_index_of_a_make_follows_its_new_adverts(client: Client) -> None:
    """Its cars were listed an eighth dearer, beside their values, in the last three weeks."""
    shared = places(6)
    for name in ("Defender", "Discovery"):
        for week in range(8):
            for place in shared:
                row = listed(place, make.model(name), 7 * week + 0.01)
                rise = 0.12 if week < 3 else 0.0
                make.value(row, 30_000, label=PriceRating.GOOD, residual=rise)
    periodic.renew_index()
    weeks = [each for each in ask(client)["weeks"] if each["index"] is not None]
    assert weeks[0]["index"] == 100.0
    assert weeks[-1]["index"] == pytest.approx(112.7, abs=3)
    assert all(each["error"] > 0 for each in weeks)


def test_a_make_that_nobody_sells_is_told_as_empty(client: Client) -> None:
    make.model()
    answer = ask(client)
    assert (answer["live"], answer["weeks"], answer["days_to_sell"]) == (0, [], None)
    assert MarketWeek.objects.filter(make__isnull=False).count() == 0


@pytest.mark.parametrize(
    ("parts", "behind"),
    [
        ([], 0),
        ([{1, 2, 3}], 3),
        ([{1, 2, 3, 4, 5}], 5),
        ([{1, 2, 3, 4, 5}, set()], 5),
        ([{1, 2, 3, 4, 5}, {6}], 1),
        ([{1, 2, 3, 4, 5}, {1}, {2, 3}, {3, 4}], 4),
        ([{1, 2}, {3, 4}, {5, 6}], 6),
        ([{1, 2, 3, 4, 5, 6}, {1, 2, 3, 7, 8}], 8),
    ],
)
def test_a_sum_has_the_dealers_of_what_it_leaves_over(parts: list[set[int]], behind: int) -> None:
    assert dealers_behind(parts) == behind
