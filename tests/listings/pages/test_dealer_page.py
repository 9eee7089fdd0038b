"""A buyer looks at who sells a car."""

import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from dealers.models import Dealer
from tests import make
from tests.listings.pages.script_tags import EVERYWHERE, LINKED_DATA, script_tags

pytestmark = pytest.mark.django_db
URL = "/dealers/northern-cars/"
HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture
def northern() -> Dealer:
    return make.dealer("Northern Cars", phone="0113 496 0000", website="https://n.example/")


def read(client: Client, address: str = URL) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return answer.content.decode()


def prices(page: str) -> list[int]:
    return [int(each.replace(",", "")) for each in re.findall(r'uc-price">£([\d,]+)', page)]


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'<a class="button" rel="{rel}" href="([^"]+)">', page)
    return found[1].replace("&amp;", "&") if found else None


def test_a_dealer_has_its_places_and_all_its_cars(
    client: Client, northern: Dealer, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://cars.example.com"
    hours = [{"day": "monday", "opens": "09:00", "closes": "17:30"}]
    city = make.branch(northern, name="City", address="1 The Calls", opening_hours=hours)
    moor = make.branch(northern, name="Moor", town="York", phone="01904 496 000")
    for place, price in ((city, 5_000), (moor, 6_000)):
        make.live(branch=place, price=price)
    make.live(price=7_000)
    make.draft(branch=city, price=8_000)
    answer = client.get(URL)
    page = answer.content.decode()
    assert prices(page) == [6_000, 5_000]
    assert "2 cars for sale" in page
    assert '<a href="/cars/?dealer=northern-cars">' in page
    for text in ("1 The Calls", "York LS1 4AP", "0113 496 0000", "01904 496 000", "https://n.ex"):
        assert text in page
    assert "<dt>Mon</dt><dd>09:00–17:30</dd>" in page  # noqa: RUF001
    assert page.count("https://www.openstreetmap.org/") == 2
    assert '<link rel="canonical" href="https://cars.example.com/dealers/northern-cars/">' in page
    assert 'name="robots"' not in page
    assert northern.email not in page
    assert answer["Cache-Control"] == "public, max-age=20, stale-while-revalidate=30"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    node = json.loads(re.findall(r'ld\+json">(.*?)</script>', page)[0])
    assert (node["@type"], node["name"]) == ("AutoDealer", "Northern Cars")
    assert [each["telephone"] for each in node["department"]] == ["0113 496 0000", "01904 496 000"]


def test_a_suspended_dealer_is_as_unknown_as_one_that_never_was(
    client: Client, northern: Dealer
) -> None:
    make.live(branch=make.branch(northern))
    never = client.get("/dealers/never-was/")
    Dealer.objects.update(is_active=False)
    answer = client.get(URL)
    assert (answer.status_code, never.status_code) == (404, 404)
    assert answer.content == never.content
    assert "Northern" not in answer.content.decode()


def test_a_dealer_without_a_car_says_so_and_is_not_kept_by_search_engines(
    client: Client, northern: Dealer
) -> None:
    page = read(client)
    assert "No cars for sale just now" in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert 'href="tel:01134960000"' in page


def test_pages_follow_each_other_both_ways(client: Client, northern: Dealer) -> None:
    place = make.branch(northern)
    for price in range(1, 51):
        make.live(branch=place, price=price)
    pages = [read(client)]
    while following := link(pages[-1], "next"):
        pages.append(read(client, following))
    assert [len(prices(page)) for page in pages] == [24, 24, 2]
    assert sorted(price for page in pages for price in prices(page)) == list(range(1, 51))
    assert prices(read(client, link(pages[2], "prev") or "")) == prices(pages[1])
    assert "noindex" in pages[1]
    other = make.dealer("Southern Cars")
    assert (
        client.get(
            f"/dealers/{other.slug}/?{(link(pages[0], 'next') or '').partition('?')[2]}"
        ).status_code
        == 400
    )


def test_other_addresses_lead_to_the_one(client: Client, northern: Dealer) -> None:
    answer = client.get("/dealers/Northern-Cars/")
    assert (answer.status_code, answer["Location"]) == (301, URL)
    assert read(client, f"{URL}?utm_source=mail&fbclid=1") == read(client)


def test_hostile_names_stay_names(client: Client) -> None:
    bad = make.dealer(HOSTILE, slug="bad", phone=HOSTILE[:30])
    make.live(branch=make.branch(bad, name=HOSTILE, town=HOSTILE, address=HOSTILE))
    page = read(client, "/dealers/bad/")
    assert script_tags(page) == [EVERYWHERE, LINKED_DATA]
    assert json.loads(re.findall(r'ld\+json">(.*?)</script>', page)[0])["name"] == HOSTILE


def test_the_page_takes_few_questions_to_the_database(
    client: Client, northern: Dealer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        make.live(branch=make.branch(northern))
    with django_assert_max_num_queries(7):
        read(client)
