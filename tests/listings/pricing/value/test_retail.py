"""What is told of how cars sell: right sums, and nothing by which one dealer is laid bare."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dealers.models import Branch
from listings import periodic
from listings.models import AdvertDay, Listing, MarketWeek
from listings.pricing.value.retail import RetailFigures, market_figures, market_weeks, own_figures
from marketplace.london_time import london_today
from tests import make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
YEAR = timezone.now().year
ESTATES = "Estate, up to 3 years"
VANS = "Van, 8 to 12 years"


def estate(at: Branch, **fields: Any) -> Listing:
    since = timezone.now() - 20 * DAY
    kind = {"body_type": "estate", "year": YEAR - 2, "published_at": since}
    return make.live(branch=at, **{**kind, **fields})


def van(at: Branch, **fields: Any) -> Listing:
    return estate(at, **{"body_type": "van", "year": YEAR - 10, **fields})


def sold(at: Branch, after: float, **fields: Any) -> Listing:
    """Return a car sold yesterday that stood for so many days."""
    now = timezone.now()
    moments = {"published_at": now - (after + 1) * DAY, "sold_at": now - DAY}
    row = estate(at, **{**moments, "status": "sold", **fields})
    Listing.objects.filter(pk=row.pk).update(price_hidden_at=now - DAY)
    return row


def branches(number: int) -> list[Branch]:
    return [make.branch(make.dealer()) for _ in range(number)]


def measured() -> dict[str, RetailFigures]:
    periodic.measure_market()
    return market_figures()


def _messages(path: Path, dealer_id: int) -> int:
    """Return how many statements the server is sent to read a dealer's figures."""
    connection.ensure_connection()
    link = connection.connection.pgconn
    with path.open("w+") as log:
        link.trace(log.fileno())
        own_figures(dealer_id)
        link.untrace()
        log.seek(0)
        return sum("\tF\t" in line and "\tSync" not in line for line in log)


def test_adverts_are_read_by_as_many_statements_however_many_they_are(tmp_path: Path) -> None:
    (branch,) = branches(1)
    first = estate(branch)
    _messages(tmp_path / "unmeasured", branch.dealer_id)
    few = _messages(tmp_path / "few", branch.dealer_id)
    make.copies(first, 299)

    many = _messages(tmp_path / "many", branch.dealer_id)

    assert 0 < many == few
    assert own_figures(branch.dealer_id)[""].live == 300


def test_a_dealers_own_figures_are_sums_of_its_own_cars() -> None:
    mine, other = branches(2)
    rows = [estate(mine) for _ in range(3)]
    for _ in range(6):
        sold(mine, 30)
        sold(other, 5)
    make.draft(branch=mine, body_type="estate", year=YEAR)
    estate(mine, status="withdrawn", price_hidden_at=timezone.now() - 10 * DAY)
    make.value(rows[0], 30_000, label="good")
    make.value(rows[1], 30_000, label="fair")
    Listing.objects.filter(pk=rows[1].pk).update(mileage=99_000)  # its label no longer holds
    today = london_today()
    for day, opened in ((today, 7), (today - 29 * DAY, 5), (today - 30 * DAY, 100)):
        AdvertDay.objects.create(
            listing=rows[0], day=day, place="pages", opened=opened, enquired=opened // 5
        )
    found = own_figures(mine.dealer_id)
    assert set(found) == {"", ESTATES}
    estates = found[ESTATES]
    assert (estates.live, estates.sold, estates.opened, estates.enquired) == (3, 6, 12, 2)
    assert estates.ratings == {"": 2, "lower": 0, "great": 0, "good": 1, "fair": 0, "higher": 0}
    assert estates.days is not None
    assert estates.days.sales == 6
    assert estates.days.median is not None
    assert 20 < estates.days.median < 60
    assert (found[""].live, found[""].sold) == (3, 6)
    stock = (3 * 20 + 6 * 30) / 180  # what was withdrawn has stood, too
    assert estates.turn is not None
    assert estates.turn <= 6 * 365 / 180 / stock


def test_a_car_counts_from_the_window_on_and_sales_before_it_do_not() -> None:
    (mine,) = branches(1)
    estate(mine, published_at=timezone.now() - 400 * DAY)
    sold(mine, 10)
    long_ago = timezone.now() - 200 * DAY
    row = sold(mine, 10, sold_at=long_ago, published_at=long_ago - 10 * DAY)
    Listing.objects.filter(pk=row.pk).update(price_hidden_at=long_ago)
    found = own_figures(mine.dealer_id)[""]
    assert (found.live, found.sold) == (1, 1)
    assert found.turn == pytest.approx(365 / 180 / (190 / 180), abs=0.01)
    assert found.days is None


def test_a_dealer_without_cars_has_figures_without_anything() -> None:
    assert own_figures(make.dealer().pk) == {
        "": RetailFigures(live=0, opened=0, enquired=0, sold=0, ratings={})
    }
    assert measured() == {}


@pytest.mark.parametrize(("dealers", "is_told"), [(4, False), (5, True)])
def test_five_dealers_stand_behind_what_is_told(dealers: int, is_told: bool) -> None:
    for at in branches(dealers):
        make.value(estate(at), 30_000, label="great")
        sold(at, 20)
        sold(at, 40)
    found = measured()
    assert (ESTATES in found) == ("" in found) == is_told
    if is_told:
        estates = found[ESTATES]
        assert (estates.live, estates.sold) == (5, 10)
        assert estates.ratings is not None
        assert estates.ratings["great"] == 5
        assert estates.days is not None


def test_each_figure_asks_for_dealers_of_its_own() -> None:
    places = branches(5)
    for at in places:
        estate(at)
    for at in places[:4]:
        sold(at, 20)
        make.value(estate(at), 30_000, label="great")
    assert measured()[ESTATES] == RetailFigures(live=9, opened=0, enquired=0)


def test_the_whole_less_what_is_told_lays_nobody_bare() -> None:
    for at in branches(6):
        estate(at)
        sold(at, 20)
    lonely = make.branch(make.dealer())
    van(lonely)
    found = measured()
    assert found[ESTATES].live == 6
    assert VANS not in found
    assert "" not in found or found[""].live is None
    assert found[""].sold == 6  # nothing hidden is in it
    for at in branches(4):
        estate(at, body_type="coupe")
    assert measured()[""].live == 11  # five dealers share what is left


@pytest.mark.parametrize("hidden", [{"is_active": False}, {"is_sandbox": True}])
def test_hidden_dealers_and_cars_that_buyers_never_saw_do_not_count(
    hidden: dict[str, bool],
) -> None:
    places = branches(6)
    for at in places:
        estate(at)
    make.draft(branch=places[0], body_type="estate", year=YEAR)
    type(places[0].dealer).objects.filter(pk=places[0].dealer_id).update(**hidden)
    assert measured()[ESTATES].live == 5


def test_a_week_has_one_row_however_often_it_is_measured() -> None:
    for at in branches(5):
        estate(at)
    periodic.measure_market()
    for at in branches(1):
        estate(at)
    periodic.measure_market()
    week = MarketWeek.objects.get()
    assert week.week.weekday() == 0
    assert 0 <= (london_today() - week.week).days < 7
    assert [(day, each.live) for day, each in market_weeks(4)] == [(week.week, 6)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinds::text FROM listings_marketweek")
        (stored,) = cursor.fetchone()
    assert "dealer" not in stored
