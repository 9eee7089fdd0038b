"""Where pages lead: to landing pages, and with the reader's place on to the next page."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dealers.models import Branch
from listings.choices import Status
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def leeds() -> Branch:
    return make.branch(make.dealer("Northern Cars"), latitude=53.7974, longitude=-1.5438)


def read(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code in (200, 410), (path, answer.status_code)
    return answer.content.decode()


def crumbs(page: str) -> list[str]:
    (nav,) = re.findall(r'<nav class="crumbs".*?</nav>', page, re.DOTALL)
    return [unescape(each) for each in re.findall(r'href="([^"]+)"', nav)]


def test_the_way_up_from_a_car_leads_to_landing_pages(client: Client, leeds: Branch) -> None:
    row = make.live(branch=leeds)
    ways = ["/cars/", "/used-cars/land-rover/", "/used-cars/land-rover/range-rover/"]
    assert crumbs(read(client, f"/cars/{row.pk}/")) == ways
    for path in ways:
        assert client.get(path).status_code == 200
    ended = {"status": Status.WITHDRAWN, "expires_at": timezone.now()}
    Listing.objects.filter(pk=row.pk).update(**ended)
    gone = client.get(f"/cars/{row.pk}/", follow=True)
    assert gone.status_code == 410
    assert crumbs(gone.content.decode()) == ways
    for path in ways:  # also where no such car is left
        assert client.get(path).status_code == 200


def test_a_dealers_page_says_how_far_it_is_from_a_known_place(
    client: Client, leeds: Branch
) -> None:
    make.branch(leeds.dealer, name="By the sea")
    for mileage in range(30):
        make.live(branch=leeds, mileage=mileage)
    row = Listing.objects.latest("pk")
    advert = read(client, f"/cars/{row.pk}/?near=York")
    (path,) = set(re.findall(r'href="(/dealers/[^"]+)"', advert))
    assert path == "/dealers/northern-cars/?near=York"
    page = read(client, path)
    assert page.count("from York, in a straight line") == 1  # the other one's place is not known
    assert re.search(r"<strong>2\d miles</strong> from York", page)
    assert set(re.findall(r'class="uc-link" href="[^"?]+(\?[^"]*)"', page)) == {"?near=York"}
    assert re.search(r'rel="canonical" href="[^"?]+/dealers/northern-cars/"', page)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "near=York" in following
    assert "from York" in read(client, unescape(following))
    bare = read(client, "/dealers/northern-cars/")
    assert "in a straight line" not in bare
    assert "near=" not in bare
    for odd in ("Nowhere", "<b>", "LS1 4AP'"):
        assert client.get("/dealers/northern-cars/", {"near": odd}).status_code == 200


def test_the_nearest_cars_keep_the_place_that_was_asked_for(client: Client, leeds: Branch) -> None:
    make.live(branch=leeds, fuel="diesel")
    page = read(client, "/cars/?near=York&within_miles=10&fuel=diesel")
    assert "The nearest cars" in page
    assert set(re.findall(r'class="uc-link" href="[^"?]+(\?[^"]*)"', page)) == {"?near=York"}
    assert re.search(r"2\d miles away", page)


def test_a_part_of_the_sitemap_costs_no_question_for_each_model(
    client: Client, leeds: Branch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rover = make.make("Land Rover")
    for number in range(12):
        make.live(branch=leeds, model=make.model(f"Model {number}", rover))
    with django_assert_max_num_queries(12):
        answer = client.get("/sitemap-used-cars-land-rover.xml")
        content = b"".join(answer) if answer.streaming else answer.content
    paths = re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", content.decode())
    assert len(paths) == len(set(paths))
    assert "/used-cars/land-rover/leeds/" in paths
    for number in range(12):
        assert f"/used-cars/land-rover/model-{number}/" in paths
        assert f"/used-cars/land-rover/model-{number}/leeds/" in paths
    assert "/used-cars/land-rover/truro/" not in paths
    for path in ("/used-cars/land-rover/leeds/", "/used-cars/land-rover/model-3/leeds/"):
        assert "1 " in read(client, path)
