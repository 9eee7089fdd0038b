"""A buyer looks through the stock without a front end and without a script."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from listings.choices import BodyType
from tests import make
from tests.listings.pages.script_tags import EVERYWHERE, script_tags
from tests.seed import nine

pytestmark = pytest.mark.django_db
URL = "/cars/"


def read(client: Client, query: str = "") -> str:
    answer = client.get(f"{URL}?{query}" if query else URL)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return answer.content.decode()


def prices(page: str) -> list[int]:
    """Return the prices of the cars found, without those that only come near."""
    found, _, _ = page.partition('id="nearest"')
    return [int(each.replace(",", "")) for each in re.findall(r'uc-price">£([\d,]+)', found)]


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'<link rel="{rel}" href="([^"]+)">', page)
    return unescape(found[1]) if found else None


def test_the_nine_come_cheapest_first(client: Client) -> None:
    rows = nine()
    make.live(model=make.model("A3", make.make("Audi")), price=5_000)
    page = read(client, "make=land-rover&model=range-rover")
    assert prices(page) == sorted(row.price or 0 for row in rows)
    assert "<h1>Used Land Rover Range Rover for sale</h1>" in page
    assert "<strong>9</strong> cars" in page


def test_prices_that_are_rated_can_be_chosen_and_ordered_by(client: Client) -> None:
    for price, label in ((9_000, "great"), (12_000, "great"), (10_000, "good")):
        make.value(make.live(price=price), 10_000, label=label, ratio=1_800 - price // 10)
    make.live(price=1_000)
    page = read(client, "ordering=value&price_rating=great")
    assert prices(page) == [12_000, 9_000]
    assert 'name="price_rating" value="great" checked> Great price <span class="count">2<' in page
    assert 'name="price_rating" value="good"> Good price <span class="count">1<' in page
    assert 'aria-label="Remove Great price"' in page
    assert '<option value="value" selected>Best value first</option>' in page
    several = read(client, "price_rating=fair,good,great")
    assert re.findall(r'aria-label="Remove ([^"]+)"', several) == [
        "Fair price",
        "Good price",
        "Great price",
    ]


def test_cars_that_do_not_say_can_be_chosen(client: Client) -> None:
    for fuel, price in ((None, 9_000), ("petrol", 8_000), ("diesel", 7_000)):
        make.live(fuel=fuel, price=price, doors=5)
    page = read(client, "fuel=none,petrol")
    assert prices(page) == [8_000, 9_000]
    assert 'name="fuel" value="none" checked> Not stated <span class="count">1<' in page
    assert re.findall(r'aria-label="Remove ([^"]+)"', page) == ["Fuel not stated", "Petrol"]
    assert 'name="doors" value="none"' not in page


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        (
            "q=diesel+range+rover+under+40k",
            "fuel=diesel&make=land-rover&model=range-rover&price_max=40000",
        ),
        ("q=newest+range+rover", "make=land-rover&model=range-rover&ordering=-year"),
        ("q=range+rover&fuel=petrol", "fuel=petrol&make=land-rover&model=range-rover"),
        (
            "q=range+rover+near+leeds",
            "make=land-rover&model=range-rover&near=Leeds&ordering=distance&within_miles=25",
        ),
        ("q=cheap+near+leeds", "near=Leeds&within_miles=25"),
        ("q=newest&ordering=mileage", "ordering=mileage"),
        ("q=autobiography", "prefer=autobiography"),
        ("q=", ""),
    ],
)
def test_a_buyers_words_lead_to_the_filters_they_mean(
    client: Client, query: str, meant: str
) -> None:
    nine()
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 302
    path, _, led_to = answer["Location"].partition("?")
    asked, filters = QueryDict(query), QueryDict(led_to, mutable=True)
    assert filters.pop("said", [""]) == [asked["q"]]
    assert (path, filters.urlencode(safe=",")) == (URL, meant)
    read(client, led_to)


def test_words_beside_a_parameter_that_is_none_keep_it_for_the_page_to_tell(client: Client) -> None:
    make.model("Golf", make.make("Volkswagen"))
    answer = client.get(f"{URL}?q=golf&pricemax=1")
    assert answer["Location"] == f"{URL}?make=volkswagen&model=golf&pricemax=1&said=golf"
    page = read(client, answer["Location"].partition("?")[2])
    assert "“pricemax”" in page
    assert '<a class="offer" href="/cars/?make=volkswagen&amp;model=golf&amp;price_max=1' in page


def test_a_form_without_a_script_leads_to_the_one_address(client: Client) -> None:
    nine()
    query = (
        "make=land-rover&model=&price_min=&price_max=40000&fuel=petrol&fuel=diesel&ordering=price"
    )
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 301
    assert answer["Location"] == f"{URL}?fuel=diesel,petrol&make=land-rover&price_max=40000"
    assert prices(read(client, answer["Location"].partition("?")[2])) == [33_999, 36_999, 37_649]


def test_filters_show_what_else_there_is(client: Client) -> None:
    make.live(fuel="diesel", body_type=BodyType.SUV)
    make.live(fuel="petrol")
    make.live(fuel="petrol", model=make.model("A3", make.make("Audi")))
    page = read(client, "fuel=diesel")
    assert re.search(r'value="petrol"> Petrol <span class="count">2<', page)
    assert re.search(r'value="diesel" checked> Diesel <span class="count">1<', page)
    assert '<option value="land-rover">Land Rover (1)</option>' in page
    assert 'name="model"' not in page
    assert '<option value="range-rover">Range Rover (2)</option>' in read(client, "make=land-rover")


def test_a_filter_that_the_form_lacks_is_carried_along_and_can_be_taken_off(client: Client) -> None:
    make.live(colour="blue", fuel="petrol")
    page = read(client, "colour=blue&fuel=petrol")
    assert '<input type="hidden" name="colour" value="blue">' in page
    assert '<a href="/cars/?fuel=petrol" rel="nofollow" aria-label="Remove Blue">' in page
    assert '<a href="/cars/?colour=blue" rel="nofollow" aria-label="Remove Petrol">' in page


def test_pages_follow_each_other_both_ways(client: Client) -> None:
    for price in range(1, 51):
        make.live(price=price)
    pages = [read(client)]
    while following := link(pages[-1], "next"):
        assert f'rel="next" href="{following.replace("&", "&amp;")}"' in pages[-1]
        pages.append(client.get(following).content.decode())
    assert [prices(page) for page in pages] == [
        list(range(1, 25)),
        list(range(25, 49)),
        [49, 50],
    ]
    assert link(pages[0], "prev") is None
    back = client.get(link(pages[2], "prev") or "").content.decode()
    assert prices(back) == list(range(25, 49))


def test_search_engines_keep_makes_and_models_but_no_mixture(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://cars.example.com"
    nine()
    for query, path in {
        "": "/cars/",
        "make=land-rover": "/used-cars/land-rover/",
        "make=land-rover&model=range-rover": "/used-cars/land-rover/range-rover/",
    }.items():
        page = read(client, query)
        assert 'name="robots"' not in page, query
        assert link(page, "canonical") == f"https://cars.example.com{path}"
    for query in ("fuel=diesel", "make=land-rover&price_max=50000", "ordering=-price"):
        assert '<meta name="robots" content="noindex, follow">' in read(client, query), query


def test_no_match_offers_a_way_out(client: Client) -> None:
    nine()
    page = read(client, "price_max=5")
    assert "No car matches all of this." in page
    assert "Up to £5" in page


def test_hostile_names_stay_names(client: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    row: Any = make.model(hostile, make.make(hostile, slug="bad"), slug="worse")
    make.live(model=row, branch=make.branch(make.dealer(hostile, slug="d"), town=hostile))
    page = read(client, "make=bad&model=worse")
    assert script_tags(page) == [EVERYWHERE]
    assert "alert(1)" in page
    answer = client.get(f"{URL}?make=%22%3E%3Cscript%3E")
    assert (answer.status_code, script_tags(answer.content.decode())) == (200, [EVERYWHERE])
    assert b"%3Cscript" not in answer.content


def test_the_page_takes_few_questions_to_the_database(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    nine()
    read(client, "make=land-rover")  # the names of the catalogue are kept from here on
    with django_assert_max_num_queries(30):  # PostgreSQL counts each facet; the replica none
        read(client, "make=land-rover&model=range-rover")
