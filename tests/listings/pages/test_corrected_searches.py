"""A search that cannot be answered as it stands shows cars, and says what is wrong with it."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags

from listings.models import MakeAlias
from tests import make
from tests.seed import nine

pytestmark = pytest.mark.django_db
URL = "/cars/"
NEAREST = re.compile(r'id="nearest"|id="others"')


def read(client: Client, query: str) -> str:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return answer.content.decode()


def prices(page: str) -> list[int]:
    """Return the prices of the cars found, without those that only come near."""
    found = NEAREST.split(page)[0]
    return [int(each.replace(",", "")) for each in re.findall(r'uc-price">£([\d,]+)', found)]


def problem(page: str, name: str) -> str:
    """Return what is said beside a field, which its control must point to."""
    found = re.search(rf'<p class="problem" id="problem-{name}">(.*?)</p>', page)
    assert found, f"nothing is said beside {name}"
    control = re.search(rf'<[^>]* id="field-{name}"[^>]*>', page)
    assert control
    assert f'aria-describedby="problem-{name}"' in control[0]
    assert f'<a href="#field-{name}">' in page, "the summary leads to the field"
    return unescape(found[1])


def summary(page: str) -> list[str]:
    box = re.search(r'<section id="corrections".*?</section>', page, re.DOTALL)
    assert box, "nothing is said"
    return [unescape(strip_tags(each)) for each in re.findall(r"<li>(.*?)</li>", box[0])]


def offers(page: str) -> dict[str, str]:
    found = re.findall(r'<a class="offer" href="([^"]+)" rel="nofollow">([^<]+)</a>', page)
    return {unescape(label): unescape(path) for path, label in found}


def value(page: str, name: str) -> str | None:
    found = re.search(rf'<input id="field-{name}"[^>]* value="([^"]*)"', page)
    return found and unescape(found[1])


def test_a_model_of_another_make_is_left_out_and_offered(client: Client) -> None:
    make.live(model=make.model("Focus", make.make("Ford")), price=4_000)
    make.live(model=make.model("A3", make.make("Audi")), price=5_000)
    page = read(client, "make=audi&model=focus&price_max=9000")
    assert prices(page) == [5_000]
    assert problem(page, "model") == "Focus is a model of Ford, not of Audi, so it is left out."
    assert offers(page) == {"Ford Focus": "/cars/?make=ford&model=focus&price_max=9000"}
    assert '<option value="audi" selected>' in page
    assert value(page, "price_max") == "9000"


def test_of_several_models_those_of_the_make_stay(client: Client) -> None:
    audi = make.make("Audi")
    make.live(model=make.model("A3", audi), price=5_000)
    make.live(model=make.model("A4", audi), price=6_000)
    make.model("Focus", make.make("Ford"))
    page = read(client, "make=audi&model=a3,focus")
    assert prices(page) == [5_000]
    assert "Focus" in problem(page, "model")


@pytest.mark.parametrize(
    ("query", "field", "found"),
    [
        ("price_min=44000&price_max=42000", "price_min", [42_000, 42_500, 42_844, 43_499, 44_000]),
        ("year_min=2017&year_max=2016", None, [42_000, 42_500, 44_000, 46_250]),
        ("mileage_min=32000&mileage_max=31000", None, [43_499]),
    ],
)
def test_a_range_the_wrong_way_round_is_turned(
    client: Client, query: str, field: str | None, found: list[int]
) -> None:
    nine()
    page = read(client, query)
    assert prices(page) == found
    said = problem(page, field) if field else summary(page)[0]
    assert "the wrong way round" in said


def test_a_turned_range_offers_each_of_its_ends(client: Client) -> None:
    nine()
    page = read(client, "fuel=diesel&price_min=44000&price_max=42000")
    assert offers(page) == {
        "Only up to £42,000": "/cars/?fuel=diesel&price_max=42000",
        "Only from £44,000": "/cars/?fuel=diesel&price_min=44000",
    }
    assert (value(page, "price_min"), value(page, "price_max")) == ("42000", "44000")


def _near_leeds() -> None:
    make.live(branch=make.branch(latitude=53.8, longitude=-1.55), price=1_000)
    make.live(branch=make.branch(latitude=51.5, longitude=-0.1), price=2_000)


@pytest.mark.parametrize(("typed", "meant"), [("Leedz", "Leeds"), ("bradfrod", "Bradford")])
def test_a_slip_in_a_place_shows_the_cars_of_the_place_that_was_meant(
    client: Client, typed: str, meant: str
) -> None:
    _near_leeds()
    page = read(client, f"near={typed}&within_miles=30")
    assert prices(page) == [1_000]
    said = problem(page, "near")
    assert f"“{typed}”" in said
    assert f"Did you mean {meant}?" in said
    assert value(page, "near") == meant
    assert offers(page) == {"Cars anywhere": "/cars/"}


@pytest.mark.parametrize("typed", ["zzqqxx", "ZZ9 9ZZ", "99,999", "x" * 300, "1"])
def test_a_place_that_is_none_keeps_what_was_typed_and_shows_cars_anywhere(
    client: Client, typed: str
) -> None:
    _near_leeds()
    page = read(client, f"near={typed}&within_miles=30&ordering=distance&price_max=9000")
    assert prices(page) == [1_000, 2_000]
    assert "We do not know the place" in problem(page, "near")
    assert value(page, "near") == typed
    assert '<option value="30" selected>' in page
    assert value(page, "price_max") == "9000"


def test_a_distance_without_a_place_keeps_the_distance_and_asks_for_the_place(
    client: Client,
) -> None:
    _near_leeds()
    page = read(client, "within_miles=20")
    assert prices(page) == [1_000, 2_000]
    assert problem(page, "near") == "Within 20 miles of where? Give a postcode or a town as well."
    assert '<option value="20" selected>' in page
    assert 'aria-label="Remove Within' not in page


def test_the_nearest_first_without_a_place_is_told(client: Client) -> None:
    _near_leeds()
    page = read(client, "ordering=distance")
    assert prices(page) == [1_000, 2_000]
    assert "once there is a place" in problem(page, "ordering")


@pytest.mark.parametrize("typed", ["cheap", "-5", "99999999999", "1e9", "12.345", "٣٤", "½"])
def test_a_number_that_is_none_stays_in_its_field(client: Client, typed: str) -> None:
    nine()
    page = read(client, f"price_max={typed}&fuel=petrol")
    assert prices(page) == [42_844]
    assert f"“{typed}”" in problem(page, "price_max")
    assert value(page, "price_max") == typed
    assert re.search(r'id="field-price_max"[^>]*aria-invalid="true"', page)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("£42,500", "42500"), ("42.5k", "42500"), ("42 500", "42500"), ("42500.00", "42500")],
)
def test_a_number_as_people_write_it_is_read(client: Client, typed: str, meant: str) -> None:
    answer = client.get(URL, {"price_max": typed})
    assert (answer.status_code, answer["Location"]) == (301, f"{URL}?price_max={meant}")


@pytest.mark.parametrize(
    ("query", "name", "label"),
    [
        ("fuel=desel", "fuel", "Diesel"),
        ("transmission=automatik", "transmission", "Automatic"),
        ("colour=grene", None, "Green"),
        ("equipment=sat_navv", None, "Sat nav"),
    ],
)
def test_a_slip_in_a_value_is_used_as_it_was_meant(
    client: Client, query: str, name: str | None, label: str
) -> None:
    nine()
    page = read(client, query)
    typed = query.partition("=")[2]
    said = problem(page, name) if name else summary(page)[0]
    assert f"“{typed}”. Did you mean {label}" in said
    assert f'aria-label="Remove {label}' in page


@pytest.mark.parametrize(
    "query", ["fuel=steam", "doors=many", "seats=999", "ulez=perhaps", "ordering=luck", "dealer=no"]
)
def test_a_value_that_is_none_is_left_out_and_told(client: Client, query: str) -> None:
    nine()
    page = read(client, query)
    assert len(prices(page)) == 9
    typed = query.partition("=")[2]
    assert f"“{typed}”" in summary(page)[0]


def test_makes_are_found_by_their_other_names_and_by_slips(client: Client) -> None:
    volkswagen = make.make("Volkswagen")
    MakeAlias.objects.create(make=volkswagen, name="VW")
    make.live(model=make.model("Golf", volkswagen), price=1_000)
    make.live(price=2_000)
    for typed in ("vw", "volkswagon"):
        page = read(client, f"make={typed}")
        assert prices(page) == [1_000]
        assert f"“{typed}”. Did you mean Volkswagen?" in problem(page, "make")
    page = read(client, "make=qqqq")
    assert prices(page) == [1_000, 2_000]
    assert "It is left out." in problem(page, "make")


@pytest.mark.parametrize("cursor", ["abc", "a b", "x" * 2_000])
def test_a_page_that_is_gone_leads_to_the_first(client: Client, cursor: str) -> None:
    nine()
    page = read(client, f"cursor={cursor}&fuel=petrol")
    assert prices(page) == [42_844]
    assert summary(page) == ["That part of the list is gone. This is its beginning."]


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("brand=land-rover", {"Land Rover": "/cars/?make=land-rover"}),
        ("maxPrice=9000", {"Up to £9,000": "/cars/?price_max=9000"}),
        (
            "price=9k",
            {"From £9,000": "/cars/?price_min=9000", "Up to £9,000": "/cars/?price_max=9000"},
        ),
        ("sort=-price", {"Dearest first": "/cars/?ordering=-price"}),
    ],
)
def test_a_mistyped_name_is_told_with_what_it_may_mean(
    client: Client, query: str, offered: dict[str, str]
) -> None:
    nine()
    page = read(client, query)
    assert len(prices(page)) == 9
    assert offers(page) == offered
    assert query.partition("=")[0] in summary(page)[0]


@pytest.mark.parametrize(
    "query",
    [
        *("utm_source=a&utm_medium=b&utm_id=", "fbclid=IwAR0-x_y", "gclid=1", "msclkid=2"),
        *("mc_eid=3&mc_cid=4", "_ga=2.1.1", "_gl=1*x", "ref=newsletter", "UTM_Source=Mail"),
        *("gbraid=a&wbraid=b&gad_source=1", "hsa_acc=1", "_hsenc=p2ANq", "mtm_campaign=x"),
        *("ttclid=a", "li_fat_id=b", "igshid=c", "srsltid=d", "yclid=e", "zzz=1", "share-id=x"),
    ],
)
def test_what_others_add_to_a_link_never_breaks_it(client: Client, query: str) -> None:
    nine()
    for own in ("", "fuel=petrol&make=land-rover"):
        answer = client.get(f"{URL}?{own}&{query}")
        assert answer.status_code == 301
        assert answer["Location"] == URL + (f"?{own}" if own else "")
        assert prices(read(client, own))


def test_what_others_add_is_not_carried_along_with_a_mistake(client: Client) -> None:
    nine()
    page = read(client, "price_max=x&utm_source=mail&fbclid=123")
    assert "utm_source" not in page
    assert "fbclid" not in page
    assert summary(page) == [
        "The price must be a number from 0 to 10,000,000, not “x”. It is left out."
    ]
    answer = client.get(f"{URL}?q=petrol&utm_source=mail")
    assert answer["Location"] == f"{URL}?fuel=petrol&said=petrol"


@pytest.mark.parametrize("words", ["x" * 201, "...", "\x07"])
def test_words_that_cannot_be_read_stay_in_their_box(client: Client, words: str) -> None:
    nine()
    answer = client.get(URL, {"q": words, "fuel": "petrol"})
    page = answer.content.decode()
    assert (answer.status_code, prices(page)) == (200, [42_844])
    assert summary(page) == ["Say it in words, with at most 200 letters."]


def test_a_corrected_page_is_for_people_and_not_for_search_engines(client: Client) -> None:
    nine()
    page = read(client, "make=land-rover&price_min=x")
    assert '<meta name="robots" content="noindex, follow">' in page
    assert "<title>Please look at your search" in page
    assert "price_min=x" not in page


def test_many_mistakes_at_once_cost_little_and_are_all_survived(
    client: Client, django_assert_max_num_queries: object
) -> None:
    nine()
    names = "&".join(f"pricemax{number}={number}" for number in range(300))
    slugs = ",".join(f"qq{number}" for number in range(40))
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        page = read(client, f"make={slugs}&model={slugs}&dealer={slugs}&fuel={slugs}&{names}")
    assert len(prices(page)) == 9
