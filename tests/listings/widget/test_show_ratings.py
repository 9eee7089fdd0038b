"""The block says how prices are rated, unless its page does not want that."""

from typing import Any

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db
LINE = '<p class="uc-rating"><strong>Great price</strong> £450 below similar cars</p>'


@pytest.fixture(autouse=True)
def _stock() -> None:
    make.value(make.live(price=9_550), 10_000, label="great")
    make.value(make.live(price=10_300), None)


def adverts(client: Client, query: str = "") -> Any:
    return client.get(f"/api/v1/widget/?{query}").json()["adverts"]


def test_each_card_says_how_its_price_is_rated_or_nothing(client: Client) -> None:
    assert [each["rating"] for each in adverts(client)] == [
        {"label": "Great price", "text": "£450 below similar cars"},
        None,
    ]


def test_a_block_can_be_of_certain_ratings(client: Client) -> None:
    assert [each["price"] for each in adverts(client, "price_rating=great")] == [9_550]


@pytest.mark.parametrize("path", ["/widget/fragment/", "/widget/frame/"])
def test_without_a_script_the_rating_is_shown_unless_it_is_switched_off(
    client: Client, path: str
) -> None:
    assert "uc-rating" not in client.get(f"{path}?rating=false").content.decode()
    html = client.get(path).content.decode()
    assert LINE in html
    assert html.count('<p class="uc-rating">') == 2
    asked = client.get(f"{path}?rating=true")
    assert (asked.status_code, asked["Location"]) == (301, path)


@pytest.mark.parametrize("path", ["/widget/fragment/", "/widget/frame/"])
def test_where_no_price_is_rated_no_line_is_kept_for_it(client: Client, path: str) -> None:
    html = client.get(f"{path}?price_min=10000").content.decode()
    assert html.count('class="uc-card"') == 1
    assert "uc-rating" not in html


def test_an_adverts_own_frame_shows_its_rating(client: Client) -> None:
    (first, _) = adverts(client)
    assert LINE in client.get(f"/widget/frame/{first['id']}/").content.decode()
    assert LINE not in client.get(f"/widget/frame/{first['id']}/?rating=false").content.decode()
