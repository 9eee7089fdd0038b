"""A page for each make, model and place, with what there is of it and where to go from there."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from dealers.models import Branch
from listings.choices import Confirmation
from listings.models import Make, MakeAlias, Model
from listings.pages.landing_subject import LandingSubject, place_of
from listings.search.places.named_places import NAMED_PLACES
from tests import make
from tests.listings.pages.script_tags import EVERYWHERE, script_tags

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<li><a href="(/used-cars/[^"]+)">([^<]+)</a> <span class="count">([\d,]+)<')


@pytest.fixture
def leeds() -> Branch:
    return make.branch(make.dealer("Harbour Cars"), latitude=53.8, longitude=-1.55, town="Leeds")


@pytest.fixture
def bristol() -> Branch:
    return make.branch(latitude=51.45, longitude=-2.59, town="Bristol")


def ford(name: str = "Fiesta") -> Model:
    return make.model(name, make.make("Ford"))


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.headers)
    return answer.content.decode()


def links(page: str) -> dict[str, tuple[str, int]]:
    return {
        unescape(name): (unescape(path), int(number.replace(",", "")))
        for path, name, number in LINK.findall(page)
    }


def linked(page: str) -> list[Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return [json.loads(each) for each in found]


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return unescape(found[1])


def summary(page: str) -> list[str]:
    found = re.search(r'<div class="summary">(.*?)</div>', page, re.DOTALL)
    assert found
    return [unescape(each) for each in re.findall(r"<p>(.*?)</p>", found[1])]


def found(page: str) -> int:
    """Return how many cars a page shows, without those that only come near."""
    return page.split('id="nearest"', maxsplit=1)[0].count('class="uc-card"')


def stock(branch: Branch, model: Model, *prices: int, **fields: Any) -> None:
    for number, price in enumerate(prices):
        years = {"year": 2014 + number, "mileage": 10_000 * (number + 1)}
        make.live(branch=branch, model=model, price=price, **{**years, **fields})


def test_a_model_tells_what_there_is_of_it(client: Client, leeds: Branch) -> None:
    stock(leeds, ford(), 4_000, 5_000, 6_000, 9_500, fuel="petrol", transmission="manual")
    stock(leeds, ford(), 7_000, fuel="diesel", transmission="manual", year=2019, mileage=65_000)
    stock(leeds, ford("Focus"), 3_000)
    page = read(client, "/used-cars/ford/fiesta/")
    assert heading(page) == "Used Ford Fiesta"
    assert "5 for sale from £4,000</title>" in page
    assert summary(page)[:5] == [
        "There are 5 used Ford Fiesta cars for sale, from £4,000 to £9,500.",
        "Half of them cost £6,000 or less.",
        "They have done 10,000 to 65,000 miles, 30,000 in the middle.",
        "The oldest is of 2014, the newest of 2019.",
        "By fuel: 4 petrol, 1 diesel.",
    ]
    assert found(page) == 5
    assert links(page)["Focus"] == ("/used-cars/ford/focus/", 1)
    assert links(page)["Leeds"] == ("/used-cars/ford/fiesta/leeds/", 5)


def test_one_car_is_told_in_the_singular(client: Client, leeds: Branch) -> None:
    stock(leeds, ford(), 4_000)
    page = read(client, "/used-cars/ford/fiesta/leeds/")
    assert heading(page) == "Used Ford Fiesta near Leeds"
    assert summary(page)[:3] == [
        "There is 1 used Ford Fiesta car near Leeds for sale, at £4,000.",
        "It has done 10,000 miles.",
        "It is of 2014.",
    ]


def test_cars_priced_on_application_are_counted_without_a_price(
    client: Client, leeds: Branch
) -> None:
    make.live(branch=leeds, model=ford(), price=None)
    page = read(client, "/used-cars/ford/")
    assert summary(page)[0] == "There is 1 used Ford car for sale, priced on application."


def test_a_place_has_its_makes_and_the_places_around_with_what_is_found_there(
    client: Client, leeds: Branch, bristol: Branch
) -> None:
    stock(leeds, ford(), 4_000, 5_000)
    stock(leeds, make.model("A3", make.make("Audi")), 6_000)
    stock(bristol, ford(), 7_000)
    page = read(client, "/used-cars/leeds/")
    assert heading(page) == "Used cars near Leeds"
    found = links(page)
    assert found["Ford"] == ("/used-cars/ford/leeds/", 2)
    assert found["Audi"] == ("/used-cars/audi/leeds/", 1)
    assert found["Bradford"] == ("/used-cars/bradford/", 3)
    assert "Bristol" not in found
    assert "Leeds" not in found
    assert "Pudsey" not in found  # it has the very cars of Leeds


def test_every_number_beside_a_link_is_what_its_page_finds(
    client: Client, leeds: Branch, bristol: Branch
) -> None:
    york = make.branch(latitude=53.96, longitude=-1.08)
    stock(leeds, ford(), 4_000, 5_000)
    stock(york, ford("Focus"), 4_000)
    stock(york, ford(), 4_500)
    stock(bristol, make.model("A3", make.make("Audi")), 6_000)
    looked = 0
    for path in ("/used-cars/ford/", "/used-cars/york/", "/used-cars/ford/fiesta/leeds/"):
        for name, (leads_to, number) in links(read(client, path)).items():
            page = read(client, leads_to)
            assert re.search(rf"There (is|are) {number} ", summary(page)[0]), (path, name)
            looked += 1
    assert looked > 20


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("make=ford", "/used-cars/ford/"),
        ("make=ford&model=fiesta", "/used-cars/ford/fiesta/"),
        ("make=ford&model=fiesta&near=Leeds&within_miles=25", "/used-cars/ford/fiesta/leeds/"),
        (
            "make=ford&near=Leeds&ordering=distance&said=ford+near+leeds&within_miles=25",
            "/used-cars/ford/leeds/",
        ),
        ("near=London&within_miles=20", "/used-cars/london/"),
    ],
)
def test_the_search_and_the_landing_page_agree_on_one_address(
    client: Client, leeds: Branch, settings: Settings, query: str, path: str
) -> None:
    settings.PUBLIC_URL = "https://cars.example.com"
    stock(leeds, ford(), 4_000)
    canonical = f'<link rel="canonical" href="https://cars.example.com{path}">'
    for page in (read(client, f"/cars/?{query}"), read(client, path)):
        assert canonical in page
    assert 'name="robots"' not in read(client, f"/cars/?{query}")


@pytest.mark.parametrize(
    "query",
    [
        *(
            "make=ford&price_max=9000",
            "make=ford,audi",
            "model=fiesta",
            "make=ford&ordering=-price",
        ),
        *("make=ford&near=Leeds&within_miles=50", "make=ford&near=LS1&within_miles=25"),
    ],
)
def test_another_search_keeps_an_address_of_its_own(
    client: Client, leeds: Branch, query: str
) -> None:
    stock(leeds, ford(), 4_000)
    make.model("A3", make.make("Audi"))
    page = client.get(f"/cars/?{query}", follow=True).content.decode()
    found = re.search(r'<link rel="canonical" href="([^"]+)"', page)
    assert found
    assert "/cars/?" in found[1]


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/used-cars/Ford/FIESTA/", "/used-cars/ford/fiesta/"),
        ("/used-cars/ford-motor/fiesta/", "/used-cars/ford/fiesta/"),
        ("/used-cars/ford/fiesta/?utm_source=mail&fbclid=1", "/used-cars/ford/fiesta/"),
        ("/used-cars/newcastle/", "/used-cars/newcastle-upon-tyne/"),
        ("/used-cars/near-leeds/", "/used-cars/leeds/"),
        ("/used-cars/leeds/ford/", "/used-cars/ford/leeds/"),
        ("/used-cars/ford//fiesta/", "/used-cars/ford/fiesta/"),
        ("/used-cars/", "/cars/"),
    ],
)
def test_other_spellings_lead_to_the_one_address(
    client: Client, leeds: Branch, path: str, leads_to: str
) -> None:
    stock(leeds, ford(), 4_000)
    MakeAlias.objects.create(make=make.make("Ford"), name="Ford Motor")
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (301, leads_to)
    assert client.get(leads_to).status_code == 200


def test_a_filter_on_a_landing_page_leads_to_the_search(client: Client, leeds: Branch) -> None:
    stock(leeds, ford(), 4_000, 9_000)
    answer = client.get("/used-cars/ford/fiesta/?price_max=5000&utm_source=x")
    assert answer.status_code == 302
    assert answer["Location"] == "/cars/?make=ford&model=fiesta&price_max=5000"
    assert "<strong>1</strong> car" in read(client, answer["Location"])


def test_a_place_that_is_a_make_or_a_model_too_has_a_name_of_its_own(
    client: Client, bristol: Branch
) -> None:
    make.live(branch=bristol, model=make.model("Blenheim", make.make("Bristol")), price=1_000)
    oxford = make.branch(latitude=51.75, longitude=-1.26)
    morris = make.make("Morris")
    make.live(branch=oxford, model=make.model("Oxford", morris), price=2_000)
    assert heading(read(client, "/used-cars/bristol/")) == "Used Bristol"
    assert heading(read(client, "/used-cars/near-bristol/")) == "Used cars near Bristol"
    assert heading(read(client, "/used-cars/morris/oxford/")) == "Used Morris Oxford"
    assert heading(read(client, "/used-cars/morris/near-oxford/")) == "Used Morris near Oxford"
    page = read(client, "/cars/?near=Bristol&within_miles=25")
    assert '/used-cars/near-bristol/">' in page
    found = links(read(client, "/used-cars/oxford/"))
    assert found["Morris"] == ("/used-cars/morris/near-oxford/", 1)


@pytest.mark.parametrize(
    ("path", "offered"),
    [
        ("/used-cars/fordd/", "/used-cars/ford/"),
        ("/used-cars/leedz/", "/used-cars/leeds/"),
        ("/used-cars/ford/fiestaa/", "/used-cars/ford/fiesta/"),
        ("/used-cars/ford/fiesta/leedz/", "/used-cars/ford/fiesta/leeds/"),
        ("/used-cars/ford/fiestaa/leeds/", "/used-cars/ford/fiesta/leeds/"),
        ("/used-cars/ford/leedz/", "/used-cars/ford/leeds/"),
        ("/used-cars/ford/zzzz/", "/used-cars/ford/"),
    ],
)
def test_a_slip_in_an_address_is_not_found_and_says_what_was_meant(
    client: Client, leeds: Branch, path: str, offered: str
) -> None:
    stock(leeds, ford(), 4_000)
    page = read(client, path, 404)
    assert f'<li><a href="{offered}">' in page
    assert 'name="robots" content="noindex"' in page
    assert 'name="q"' in page
    read(client, offered)


@pytest.mark.parametrize(
    "path",
    [
        *("/used-cars/zzqq/", "/used-cars/ford/fiesta/leeds/red/", "/used-cars/leeds/leeds/"),
        *("/used-cars/%22%3E%3Cscript%3E/", f"/used-cars/{'x' * 1_500}/", "/used-cars/..%2f/"),
    ],
)
def test_an_address_of_nothing_is_not_found(client: Client, leeds: Branch, path: str) -> None:
    stock(leeds, ford(), 4_000)
    assert "<script" not in read(client, path, 404)


def test_a_page_without_cars_shows_the_nearest_and_is_not_for_search_engines(
    client: Client, leeds: Branch, bristol: Branch
) -> None:
    stock(bristol, ford(), 4_000)
    stock(leeds, ford("Focus"), 5_000)
    page = read(client, "/used-cars/ford/fiesta/leeds/")
    assert heading(page) == "Used Ford Fiesta near Leeds"
    assert '<meta name="robots" content="noindex, follow">' in page
    assert page.count('class="uc-card"') == 2
    assert 'id="loosen"' in page
    assert links(page)["Focus"] == ("/used-cars/ford/focus/leeds/", 1)


def test_a_make_without_cars_shows_any_others(client: Client, leeds: Branch) -> None:
    stock(leeds, ford(), 4_000)
    make.make("Lada")
    page = read(client, "/used-cars/lada/")
    assert 'id="others"' in page
    assert page.count('class="uc-card"') == 1
    read(client, "/used-cars/leeds/")


def test_the_way_down_and_the_cars_are_linked_data(
    client: Client, leeds: Branch, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://cars.example.com"
    stock(leeds, ford(), 4_000, 5_000)
    crumbs, cars = linked(read(client, "/used-cars/ford/fiesta/leeds/"))
    assert crumbs["@type"] == "BreadcrumbList"
    assert [(each["name"], each["item"]) for each in crumbs["itemListElement"]] == [
        ("Used cars", "https://cars.example.com/cars/"),
        ("Ford", "https://cars.example.com/used-cars/ford/"),
        ("Fiesta", "https://cars.example.com/used-cars/ford/fiesta/"),
        ("Leeds", "https://cars.example.com/used-cars/ford/fiesta/leeds/"),
    ]
    assert (cars["@type"], len(cars["itemListElement"])) == ("ItemList", 2)


def test_hostile_names_stay_names(client: Client, leeds: Branch) -> None:
    hostile = '"><script>alert(1)</script>'
    row: Any = make.model(hostile, make.make(hostile, slug="bad"), slug="worse")
    make.live(model=row, branch=leeds)
    for path in ("/used-cars/bad/", "/used-cars/bad/worse/", "/used-cars/leeds/"):
        page = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", read(client, path))
        assert script_tags(page) == [EVERYWHERE]
        assert "alert(1)" in page


def test_the_list_goes_on_where_all_filters_are(client: Client, leeds: Branch) -> None:
    stock(leeds, ford(), *range(1_000, 1_030), year=2015)
    page = read(client, "/used-cars/ford/fiesta/")
    (more,) = re.findall(r'<a class="button" rel="next" href="([^"]+)"', page)
    following = read(client, unescape(more))
    assert re.findall(r'uc-price">£([\d,]+)', following)[:2] == ["1,024", "1,025"]


def test_places_cost_no_question_each(
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(12):
        there = make.branch(latitude=51 + number / 4, longitude=-1.5 - number / 10)
        stock(there, ford(), 4_000)
    read(client, "/used-cars/ford/fiesta/")
    with django_assert_max_num_queries(40):  # PostgreSQL counts each facet; the replica none
        page = read(client, "/used-cars/ford/")
    assert len(links(page)) > 10


def test_every_place_has_an_address_of_its_own_that_leads_back() -> None:
    paths = {name: LandingSubject(place=place).path(()) for name, place in NAMED_PLACES.items()}
    assert len(set(paths.values())) == len(paths)
    for name, path in paths.items():
        found = place_of(path.removeprefix("/used-cars/").strip("/"))
        assert found is not None
        assert found.name == name


def test_a_make_that_was_brought_in_by_a_feed_has_a_page(client: Client, leeds: Branch) -> None:
    stock(
        leeds, make.model("Thing", make.make("Unheard", confirmation=Confirmation.PENDING)), 1_000
    )
    assert heading(read(client, "/used-cars/unheard/thing/")) == "Used Unheard Thing"
    assert Make.objects.get(slug="unheard").confirmation == Confirmation.PENDING
