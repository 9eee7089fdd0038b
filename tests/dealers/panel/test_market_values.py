"""What the market says of a dealer's stock: in the table, on Home and on an advert."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import Branch
from listings.models import Listing, MarketWeek, ValueHistory
from tests import make
from tests.dealers.panel.test_stock_table import LIST, shown

pytestmark = pytest.mark.django_db
HOME = "/dealer/"


@pytest.fixture
def stock(branch: Branch) -> dict[str, Listing]:
    """Adverts of all kinds: rated, not rated and why, changed since, never valued."""
    now = timezone.now()
    old = {"published_at": now - timedelta(days=70)}
    rows = {
        "dear": make.live(branch=branch, price=12_000, **old),
        "dear and new": make.live(branch=branch, price=12_500),
        "cheap": make.live(branch=branch, price=8_000),
        "cheap and old": make.live(branch=branch, price=8_100, **old),
        "good": make.live(branch=branch, price=10_100),
        "slip": make.live(branch=branch, price=1_000),
        "few": make.live(branch=branch, price=9_000),
        "changed": make.live(branch=branch, price=9_500),
        "unknown": make.live(branch=branch, price=9_600),
    }
    make.value(rows["dear"], 10_000, label="higher")
    make.value(rows["dear and new"], 10_000, label="higher")
    make.value(rows["cheap"], 10_000, label="lower")
    make.value(rows["cheap and old"], 10_000, label="lower")
    make.value(rows["good"], 10_000, label="good")
    make.value(rows["slip"], 10_000, reason="check_price")
    make.value(rows["few"], None)
    make.value(rows["changed"], 10_000, label="good")
    Listing.objects.filter(pk=rows["changed"].pk).update(mileage=1)
    theirs = make.live(price=12_000, **old)
    make.value(theirs, 10_000, label="higher")
    return rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rating=lower", {"cheap", "cheap and old"}),
        ("rating=good", {"good"}),
        ("rating=none", {"slip", "few", "changed", "unknown"}),
        ("rating=higher&age=61-90", {"dear"}),
        ("look=check", {"slip"}),
        ("look=dear", {"dear"}),
        ("look=cheap", {"cheap"}),
    ],
)
def test_the_market_narrows_the_table(
    desk: Client, stock: dict[str, Listing], query: str, found: set[str]
) -> None:
    assert shown(desk.get(f"{LIST}?{query}")) == {stock[name].pk for name in found}


def test_the_table_sorts_by_the_share_of_the_value(desk: Client, stock: dict[str, Listing]) -> None:
    rows = desk.get(f"{LIST}?o=11").context["cl"].result_list
    names = {row.pk: name for name, row in stock.items()}
    assert [names[row.pk] for row in rows if row.asking_percent is not None] == [
        "slip",
        "cheap",
        "cheap and old",
        "good",
        "dear",
        "dear and new",
    ]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("dear", ("Higher price", "120% of £10,000")),
        ("slip", ("check the price", "10% of £10,000")),
        ("few", ("not rated",)),
        ("changed", ("being worked out",)),
        ("unknown", (">-<",)),
    ],
)
def test_a_row_says_how_its_price_stands(
    desk: Client, stock: dict[str, Listing], name: str, texts: tuple[str, ...]
) -> None:
    page = desk.get(f"{LIST}?price_from={stock[name].price}&price_to={stock[name].price}")
    cell = page.content.decode().split('<span class="panel-market">')[1].split("</td>")[0]
    for text in texts:
        assert text in cell
    if name == "changed":
        assert "10,000" not in cell


def test_home_counts_the_stock_by_rating_and_age(desk: Client, stock: dict[str, Listing]) -> None:
    market = desk.get(HOME).context["market"]
    assert {name: [cell.count for cell in cells] for _, name, cells in market.rows} == {
        "Lower price": [1, 0, 1, 0],
        "Great price": [0, 0, 0, 0],
        "Good price": [1, 0, 0, 0],
        "Fair price": [0, 0, 0, 0],
        "Higher price": [1, 0, 1, 0],
        "Not rated": [4, 0, 0, 0],
    }
    for _, _, cells in market.rows:
        for cell in cells:
            assert desk.get(cell.url).context["cl"].result_count == cell.count


def test_home_holds_what_the_stock_asks_against_its_value(
    desk: Client, stock: dict[str, Listing]
) -> None:
    total = desk.get(HOME).context["market"].total
    assert (total.cars, total.asking, total.worth) == (6, 51_700, 60_000)
    assert "£8,300 below" in desk.get(HOME).content.decode()


@pytest.mark.usefixtures("stock")
def test_home_opens_the_cars_that_are_worth_a_look(desk: Client) -> None:
    looks = desk.get(HOME).context["market"].looks
    assert [(line.label, line.shown) for line in looks] == [
        ("Prices that look like slips", "1"),
        ("Above similar cars, and live for 60 days", "1"),
        ("Far below similar cars, and live for 14 days at most", "1"),
    ]
    for line in looks:
        assert str(desk.get(line.url).context["cl"].result_count) == line.shown


def test_home_says_that_nothing_is_valued_yet(desk: Client, branch: Branch) -> None:
    make.live(branch=branch)
    page = desk.get(HOME).content.decode()
    assert "No live car has a value yet" in page
    assert "Cars worth a look" not in page


def market_of(desk: Client, row: Listing) -> tuple[Any, str]:
    response = desk.get(f"{LIST}{row.pk}/change/")
    page = response.content.decode()
    section = page.split('aria-labelledby="market-title"')[1].split("</section>")[0]
    return response.context["market"], " ".join(section.split())


def test_an_advert_shows_where_its_price_stands(desk: Client, stock: dict[str, Listing]) -> None:
    market, text = market_of(desk, stock["dear"])
    for said in (
        "Higher price",
        "£10,000",
        "120 % of it, £2,000 above similar cars",
        "£9,300 to £10,700",
        "under £8,500",
        "£8,500 to £9,299",
        "£11,200 or more",
        "fairly sure: it rests on 12",
    ):
        assert said in text, said
    edges = [pounds for _, pounds in market.scale.edges]
    assert edges == [8_500, 9_300, 10_300, 11_200]
    places = [x for x, _ in market.scale.edges]
    assert places == sorted(places)
    assert market.scale.price > places[-1]
    assert market.scale.low < market.scale.high
    assert sum(length for *_, length in market.scale.stretches) == pytest.approx(320, abs=0.5)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("slip", "No rating: The price is far from what similar cars ask."),
        ("few", "No value. Too few similar cars are for sale to know its value."),
        ("changed", "It is being worked out again"),
        ("unknown", "Not known yet."),
    ],
)
def test_an_advert_says_why_it_has_no_rating(
    desk: Client, stock: dict[str, Listing], name: str, said: str
) -> None:
    assert said in market_of(desk, stock[name])[1]


def test_an_advert_shows_what_its_value_rests_on(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, price=10_000)
    make.value(row, 10_000, label="good", correction=0.0)
    other = make.live(price=9_000, mileage=row.mileage + 8_000, derivative="3.0 <b>Vogue</b>")
    make.value(other, 9_500, residual=0.05, correction=0.0)
    make.value(make.draft(price=9_000), 9_500, residual=0.05, correction=0.0)
    market, text = market_of(desk, row)
    (each,) = market.comparables
    assert (each.asked, each.adjusted, each.differs) == (9_000, 10_513, "8,000 more miles")
    assert f'href="{each.url}"' in text
    assert (
        f"were for sale on {timezone.localtime(row.market_value.fit.fitted_at):%-d %b %Y};" in text
    )
    assert desk.get(each.url).status_code == 200
    assert "<b>" not in text


def test_an_advert_shows_its_values_and_ratings_by_week(
    desk: Client, stock: dict[str, Listing]
) -> None:
    row = stock["dear"]
    ValueHistory.objects.create(
        listing=row,
        weeks=[date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)],
        values=[10_700, 10_450, 10_200],
        labels=[None, "fair"],
    )
    market, text = market_of(desk, row)
    assert [(each.value, each.label) for each in market.weeks] == [
        (10_200, None),
        (10_450, "fair"),
        (10_700, None),
    ]
    assert "<td>9 Mar 2026</td><td>£10,450</td>" in text
    assert "<td>16 Mar 2026</td><td>£10,200</td><td>Not rated</td>" in text
    assert "Value and rating by week" not in market_of(desk, stock["slip"])[1]


@pytest.mark.parametrize(("dealers", "is_told"), [(5, True), (4, False)])
def test_an_advert_shows_how_long_each_rating_takes_to_sell(
    desk: Client, stock: dict[str, Listing], dealers: int, is_told: bool
) -> None:
    today = timezone.localdate()
    MarketWeek.objects.create(
        week=today - timedelta(days=today.weekday()),
        model=stock["dear"].model,
        sales=20,
        selling_dealers=dealers,
        days_to_sell=30.0,
        days_by_rating=[12.4, 19.5, 30.0, 41.0, None],
    )
    market, text = market_of(desk, stock["dear"])
    assert market.has_days == is_told
    assert (">12 days<" in text) == ("more than a year" in text) == is_told
    assert ("Too few cars of this model were sold" in text) != is_told
