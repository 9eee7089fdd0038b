"""However a search finds nothing, its page has cars to look at and something to loosen."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
OPTION = re.compile(r'<li><a href="([^"]+)" rel="nofollow">(.+?) <span class="count">([\d,]+) car')


@pytest.fixture(autouse=True)
def _stock() -> None:
    leeds = make.branch(
        make.dealer("Harbour Cars", slug="harbour-cars"), latitude=53.8, longitude=-1.55
    )
    for price in (4_000, 5_000, 6_000):
        make.live(
            branch=leeds, model=make.model("Fiesta", make.make("Ford")), price=price, fuel="petrol"
        )
    make.model("Focus", make.make("Ford"))
    make.make("Lada")
    make.dealer("Empty Yard", slug="empty-yard")


def read(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        *("price_max=10", "price_min=900000", "mileage_max=0", "year_min=2026", "year_max=1950"),
        *("fuel=hydrogen", "transmission=manual&fuel=lpg", "doors=9", "seats=60", "colour=pink"),
        *("body_type=minibus", "drivetrain=front&body_type=van", "engine_cc_min=20000"),
        *("power_bhp_min=2000", "electric_range_miles_min=900", "owners_min=40", "ulez=unknown"),
        *("euro_standard=7", "equipment=heat_pump", "write_off=s", "reduced=true"),
        *(
            "service_history=full",
            "text=zzzz",
            "text=zzzz,yyyy",
            "make=lada",
            "make=ford&model=focus",
        ),
        *("dealer=empty-yard", "near=Aberdeen&within_miles=5", "near=JE2&within_miles=1"),
        "near=Aberdeen&within_miles=5&make=ford&fuel=hydrogen&price_max=10&colour=pink&doors=9",
        "make=lada&near=Leeds&within_miles=25",
        "make=lada&price_max=10&colour=pink",
        "q=pink+hydrogen+lada+minibus+under+100+near+jersey",
        "fuel=hydrogen&price_min=6000&price_max=10&near=Leedz&within_miles=5",
    ],
)
def test_there_is_always_something_to_click(client: Client, query: str) -> None:
    page = read(client, f"/cars/?{query}")
    assert "<strong>0</strong> cars" in page
    assert page.count('class="uc-card"') >= 1
    for path, label, number in OPTION.findall(page):
        leads_to = read(client, unescape(path))
        assert f"<strong>{number}</strong> car" in leads_to, (query, label)
    assert OPTION.search(page) or 'id="others"' in page


@pytest.mark.parametrize(
    "path",
    [
        *("/used-cars/lada/", "/used-cars/lada/aberdeen/", "/used-cars/aberdeen/"),
        *("/used-cars/ford/focus/", "/used-cars/ford/focus/leeds/", "/used-cars/ford/jersey/"),
    ],
)
def test_a_landing_page_without_cars_has_others(client: Client, path: str) -> None:
    page = read(client, path)
    assert page.count('class="uc-card"') >= 1
    assert "noindex" in page


def test_a_page_behind_the_last_car_leads_to_the_first(client: Client) -> None:
    ford = Listing.objects.filter(make__slug="ford").first()
    assert ford
    for price in range(7_000, 7_030):
        make.live(branch=ford.branch, model=ford.model, price=price)
    (behind,) = re.findall(r'rel="next" href="([^"]+)">Next', read(client, "/cars/?make=ford"))
    Listing.objects.filter(price__gt=7_010).update(expires_at=timezone.now() - timedelta(days=1))
    page = read(client, unescape(behind))
    assert "There are no more cars on this page." in page
    assert '<a href="/cars/?make=ford">Go to the first page</a>' in page


def test_an_empty_market_says_so(client: Client) -> None:
    Listing.objects.all().delete()
    for path in ("/cars/", "/used-cars/ford/", "/used-cars/leeds/", "/cars/?fuel=petrol"):
        page = read(client, path)
        assert re.search("There are no .*cars.* for sale just now|No car matches", page), path
