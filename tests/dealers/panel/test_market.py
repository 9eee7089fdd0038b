"""The market in the panel: a dealer's figures beside the marketplace's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import Branch, Dealer
from listings import periodic
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/dealer/market/"
YEAR = timezone.now().year


def estate(branch: Branch, **fields: object) -> Listing:
    return make.live(branch=branch, body_type="estate", year=YEAR - 2, **fields)


def figures(page: object, name: str) -> list[tuple[str, str]]:
    (row,) = [each for each in page.context["rows"] if each.name == name]  # type: ignore[attr-defined]
    return [(each.own, each.market) for each in row.figures]


def test_own_figures_stand_beside_the_marketplaces(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    since = timezone.now() - timedelta(days=30)
    make.value(estate(branch, published_at=since), 33_000, label="fair")
    for _ in range(5):
        estate(make.branch(make.dealer()), published_at=since)
    periodic.measure_market()
    page = desk.get(PAGE)
    assert figures(page, "Estate, up to 3 years")[0] == ("1", "6")
    assert figures(page, "All cars")[1:3] == [("0", "-"), ("not enough sales", "-")]
    shares = {pair.label: (pair.first.value, pair.second.value) for pair in page.context["shares"]}
    assert shares["Fair price"] == (100, 0)
    assert [bar.value for bar in page.context["weeks"]] == [6]


def test_a_market_of_few_dealers_is_not_told(desk: Client, branch: Branch) -> None:
    estate(branch)
    for _ in range(3):
        estate(make.branch(make.dealer()))
    periodic.measure_market()
    page = desk.get(PAGE)
    assert figures(page, "Estate, up to 3 years")[0] == ("1", "-")
    assert "there are none yet" in page.content.decode()


def test_sales_may_look_and_strangers_may_not(client: Client, dealer: Dealer) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(make.member(dealer, "sales"))
    assert client.get(PAGE).status_code == 200


def test_staff_see_each_dealers_figures_on_a_visit(
    client: Client, branch: Branch, dealer: Dealer
) -> None:
    estate(branch)
    client.force_login(make.staff())
    client.post(f"/admin/dealers/dealer/{dealer.pk}/panel/")
    assert figures(client.get(PAGE), "All cars")[0][0] == "1"


def test_the_page_asks_a_fixed_number_of_questions(
    desk: Client, branch: Branch, django_assert_max_num_queries: object
) -> None:
    for _ in range(3):
        estate(branch)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        desk.get(PAGE)
