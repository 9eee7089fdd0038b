"""Search engines ask what there is."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import DjangoAssertNumQueries, Settings

from listings.choices import Status
from listings.models import Listing
from listings.pages import landing_sitemap, sitemap
from tests import make

pytestmark = pytest.mark.django_db
LANDING = "/sitemap-used-cars"
SLUG = "land-rover-range-rover-30-tdv6-vogue-se-4dr-auto"


@pytest.fixture(autouse=True)
def _address(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://cars.example.com"


def addresses(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=3600"
    content = (
        b"".join(answer.streaming_content)
        if isinstance(answer, StreamingHttpResponse)
        else answer.content
    )
    return [str(each.text) for each in etree.fromstring(content).iter("{*}loc")]


def maps(client: Client) -> list[str]:
    return [
        each.removeprefix("https://cars.example.com") for each in addresses(client, "/sitemap.xml")
    ]


def parts(client: Client) -> list[str]:
    """Return the maps of adverts."""
    return [each for each in maps(client) if re.fullmatch(r"/sitemap-\d+\.xml", each)]


def paths(client: Client, part: str) -> list[str]:
    return [each.removeprefix("https://cars.example.com") for each in addresses(client, part)]


def test_every_live_advert_is_on_the_map_and_no_other(client: Client) -> None:
    live, sold = make.live(), make.live()
    make.draft()
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=timezone.now())
    found = [address for part in parts(client) for address in addresses(client, part)]
    assert found == [f"https://cars.example.com/cars/{live.pk}/{SLUG}/"]


def test_the_map_comes_in_parts_by_id_and_in_batches(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "CHUNK", 4)
    monkeypatch.setattr(sitemap, "BATCH", 2)
    rows = [make.live() for _ in range(9)]
    found = [addresses(client, part) for part in parts(client)]
    assert max(len(each) for each in found) <= 4
    ids = [int(str(re.search(r"/cars/(\d+)/", each)[1])) for part in found for each in part]  # type: ignore[index]
    assert ids == [row.pk for row in rows]


def test_ids_far_apart_cost_a_look_for_each_part_that_is_there(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    far = make.live(pk=9_000_000_000_000)
    make.live(pk=1, branch=far.branch)
    with django_assert_max_num_queries(6):  # one of them for each part, three for the makes
        assert parts(client) == ["/sitemap-0.xml", "/sitemap-360000000.xml"]


def test_dealers_are_on_a_map_while_they_have_a_car(client: Client) -> None:
    seller, suspended = make.dealer("Northern Cars"), make.dealer("Gone Cars")
    for each in (seller, seller, suspended):
        make.live(branch=make.branch(each))
    make.draft(branch=make.branch(make.dealer("Empty Cars")))
    type(suspended).objects.filter(pk=suspended.pk).update(is_active=False)
    assert "/sitemap-dealers.xml" in maps(client)
    assert addresses(client, "/sitemap-dealers.xml") == [
        "https://cars.example.com/dealers/northern-cars/"
    ]
    Listing.objects.update(status=Status.WITHDRAWN)
    assert maps(client) == []
    assert addresses(client, "/sitemap-dealers.xml") == []


def test_a_part_that_is_empty_is_not_there(client: Client) -> None:
    assert maps(client) == []
    assert client.get(f"{LANDING}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404
    assert client.get("/sitemap-99999999999999999999.xml").status_code == 404


def test_an_entry_says_when_the_advert_was_published(client: Client) -> None:
    at = datetime(2026, 1, 2, 23, 0, tzinfo=UTC)
    make.live(published_at=at, expires_at=timezone.now() + timedelta(days=1))
    part = client.get(parts(client)[0])
    assert b"<lastmod>2026-01-02</lastmod>" in b"".join(part.streaming_content)  # type: ignore[attr-defined]


def test_robots_are_shown_the_map_and_kept_from_the_desk(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/\n" in text
    assert "Disallow: /cars" not in text
    assert text.endswith("Sitemap: https://cars.example.com/sitemap.xml\n")


def test_another_front_end_maps_its_own_pages(client: Client, settings: Settings) -> None:
    make.live()
    settings.PUBLIC_LISTING_URL = "https://www.example.com/{id}"
    assert client.get("/sitemap.xml").status_code == 404
    assert client.get("/sitemap-dealers.xml").status_code == 404
    assert "Sitemap" not in client.get("/robots.txt").content.decode()


def test_landing_pages_are_on_the_map_where_there_are_cars(client: Client) -> None:
    leeds = make.branch(latitude=53.8, longitude=-1.55)
    ford = make.make("Ford")
    make.live(branch=leeds, model=make.model("Fiesta", ford))
    make.model("Focus", ford)
    make.draft(branch=leeds, model=make.model("A3", make.make("Audi")))
    assert [each for each in maps(client) if each.startswith(LANDING)] == [
        f"{LANDING}.xml",
        f"{LANDING}-ford.xml",
    ]
    makes, models = paths(client, f"{LANDING}.xml"), paths(client, f"{LANDING}-ford.xml")
    assert {"/used-cars/ford/", "/used-cars/leeds/", "/used-cars/west-yorkshire/"} <= {*makes}
    assert {"/used-cars/ford/fiesta/", "/used-cars/ford/fiesta/leeds/"} <= {*models}
    assert "/used-cars/ford/leeds/" in models
    assert not [each for each in (*makes, *models) if "focus" in each or "audi" in each]
    assert not [each for each in (*makes, *models) if "london" in each or "england" in each]
    for path in (*makes[:40], *models[:40]):
        page = client.get(path)
        assert (page.status_code, b'name="robots"' in page.content) == (200, False), path
    assert client.get(f"{LANDING}-audi.xml").status_code == 404
    assert client.get(f"{LANDING}-nothing.xml").status_code == 404


def test_a_part_of_a_make_stays_within_what_a_part_may_hold(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing_sitemap, "ADDRESSES_MAX", 20)
    leeds = make.branch(latitude=53.8, longitude=-1.55)
    for name in ("Fiesta", "Focus"):
        make.live(branch=leeds, model=make.model(name, make.make("Ford")))
    for part in (f"{LANDING}.xml", f"{LANDING}-ford.xml"):
        assert 10 < len(paths(client, part)) <= 20
    assert {"/used-cars/ford/fiesta/", "/used-cars/ford/focus/"} <= {
        *paths(client, f"{LANDING}-ford.xml")
    }
