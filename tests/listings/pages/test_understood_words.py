"""The results page tells what was made of a buyer's words, and how to take each part away."""

import re
from html import unescape

import pytest
from django.test import Client

from listings.choices import Colour
from tests import make
from tests.listings.pages.script_tags import EVERYWHERE, script_tags
from tests.seed import nine

pytestmark = pytest.mark.django_db
URL = "/cars/"
CHIP = re.compile(r'<li><a href="([^"]+)" rel="nofollow" aria-label="Remove ([^"]+)">')
OPTION = re.compile(r'<li><a href="([^"]+)" rel="nofollow">(.+?) <span class="count">(\d+) car')


def say(client: Client, words: str) -> str:
    answer = client.get(URL, {"q": words}, follow=True)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def chips(page: str) -> dict[str, str]:
    return {unescape(text): unescape(path) for path, text in CHIP.findall(page)}


def options(page: str) -> dict[str, int]:
    return {unescape(label): int(number) for _, label, number in OPTION.findall(page)}


def test_each_part_of_the_search_is_a_chip_with_what_was_said(client: Client) -> None:
    make.model("Golf", make.make("Volkswagen"))
    page = say(client, "dsg golf tsi, petrol, under 10k, since 2016")
    assert list(chips(page))[:2] == ["Volkswagen", "Golf"]
    assert {"Petrol", "Up to £10,000 (“under 10k”)", "2016 or newer (“since 2016”)"} <= {
        *chips(page)
    }
    assert 'value="dsg golf tsi, petrol, under 10k, since 2016"' in page


def test_wishes_lead_the_nearest_where_nobody_chose_another_order(client: Client) -> None:
    leeds = make.branch(latitude=53.8, longitude=-1.55)
    york = make.branch(latitude=53.96, longitude=-1.08)
    near, wished = make.live(branch=leeds), make.live(branch=york, derivative="3.0 Towmaster 4dr")
    page = say(client, "range rover towmaster near leeds")
    assert page.index(f"/cars/{wished.pk}/") < page.index(f"/cars/{near.pk}/")
    assert '<option value="distance" selected>Best match, then nearest first</option>' in page
    answer = client.get("/api/v1/listings/", {"q": "range rover towmaster near leeds"})
    assert [card["id"] for card in answer.json()["results"]] == [wished.pk, near.pk]
    answer = client.get("/api/v1/listings/", {"q": "nearest range rover towmaster to leeds"})
    assert [card["id"] for card in answer.json()["results"]] == [near.pk, wished.pk]


def test_a_chosen_value_without_any_car_keeps_its_name(client: Client) -> None:
    make.live(fuel="petrol")
    page = client.get(f"{URL}?body_type=suv&fuel=plug_in_hybrid&make=land-rover").content.decode()
    assert 'checked> Plug-in hybrid <span class="count">0<' in page
    assert 'checked> SUV <span class="count">0<' in page


def test_taking_a_part_away_leaves_the_others_and_the_words(client: Client) -> None:
    nine()
    page = say(client, "petrol range rover under 50k")
    path = chips(page)["Petrol"]
    assert path == (
        "/cars/?make=land-rover&model=range-rover&price_max=50000&said=petrol+range+rover+under+50k"
    )
    page = client.get(path).content.decode()
    assert "Petrol" not in chips(page)
    assert "Up to £50,000 (“under 50k”)" in chips(page)
    assert "<strong>9</strong> cars" in page
    assert 'name="robots" content="noindex, follow"' in page


def test_what_is_said_together_is_one_part(client: Client) -> None:
    nine()
    said = "range rover vogue se, not white, 2015 to 2017"
    parts = chips(say(client, said))
    assert list(parts)[-3:] == ["2015 to 2017", "Not White", "“vogue se” in the title"]
    assert "colour" not in parts["Not White"]
    assert "year" not in parts["2015 to 2017"].partition("&said")[0]
    assert "text" not in parts["“vogue se” in the title"]
    page = client.get(f"{URL}?text=se,vogue").content.decode()
    assert chips(page) == {
        "“se” in the title": "/cars/?text=vogue",
        "“vogue” in the title": "/cars/?text=se",
    }


def test_words_that_no_filter_asks_for_only_rank_and_can_be_taken_away(client: Client) -> None:
    nine()
    towed = make.live(derivative="3.0 Towmaster 4dr", price=99_000)
    page = say(client, "range rover with towmaster boot for sale")
    assert "We put cars that mention these first:" in page
    assert chips(page)["boot"] == (
        "/cars/?make=land-rover&model=range-rover&prefer=towmaster"
        "&said=range+rover+with+towmaster+boot+for+sale"
    )
    assert "<strong>10</strong> cars" in page
    assert page.index(f"/cars/{towed.pk}/") < page.index("£33,999")
    page = client.get(f"{URL}?ordering=-price&prefer=boot").content.decode()
    assert "We put cars that mention these first:" not in page
    assert '<a href="/cars/?prefer=boot" rel="nofollow">best match</a>' in page


def test_words_that_are_not_used_are_told(client: Client) -> None:
    nine()
    page = say(client, "range rover with px within 10 miles")
    assert "<li>“px”: No filter asks for this.</li>" in page
    assert "<li>“within 10 miles”: Not used: no place is named" in page
    assert "<strong>9</strong> cars" in page


def test_the_usual_distance_is_told_as_such_and_can_be_taken_away(client: Client) -> None:
    make.live(branch=make.branch(latitude=53.8, longitude=-1.55))
    far = make.live(branch=make.branch(latitude=51.5, longitude=-0.1))
    page = say(client, "range rover near leeds")
    assert f"/cars/{far.pk}/" not in page.partition('id="nearest"')[0]
    assert list(chips(page))[-3:] == ["Near Leeds", "Within 25 miles (as usual)", "Nearest first"]
    page = client.get(chips(page)["Within 25 miles (as usual)"]).content.decode()
    assert f"/cars/{far.pk}/" in page.partition('id="nearest"')[0]
    assert "Near Leeds" in chips(page)


def test_an_order_is_a_part_of_what_was_understood(client: Client) -> None:
    nine()
    page = say(client, "range rover lowest mileage")
    assert chips(page)["Fewest miles first (“lowest mileage”)"] == (
        "/cars/?make=land-rover&model=range-rover&said=range+rover+lowest+mileage"
    )


def test_of_a_postcode_only_the_outcode_stays(client: Client) -> None:
    make.live()
    answer = client.get(URL, {"q": "range rover near LS1 4AP under 90k"})
    assert "4AP" not in answer["Location"]
    assert "said=range+rover+near+LS1+under+90k" in answer["Location"]
    answer = client.get(URL, {"q": "range rover ls14ap"})
    assert "said=range+rover+ls1&" in answer["Location"]


def test_a_form_carries_the_words_along(client: Client) -> None:
    nine()
    page = say(client, "blue range rover")
    assert '<input type="hidden" name="said" value="blue range rover">' in page
    answer = client.get(f"{URL}?q=red&said=blue+range+rover")
    assert answer["Location"] == "/cars/?colour=red&said=red"


def test_hostile_words_stay_words(client: Client) -> None:
    nine()
    page = say(client, '"><script>alert(1)</script> range rover long mot')
    assert script_tags(page) == [EVERYWHERE]
    answer = client.get(f"{URL}?said=%00")
    assert answer.status_code == 400


def test_nothing_found_says_what_to_loosen_and_shows_the_nearest(client: Client) -> None:
    blue = make.live(colour=Colour.BLUE, price=20_000)
    make.live(colour=Colour.BLACK, price=11_500)
    make.live(model=make.model("A3", make.make("Audi")), colour=Colour.BLUE, price=9_000)
    page = say(client, "blue range rover under 10k")
    assert "No car matches all of this." in page
    assert options(page) == {"Any higher price": 1, "Any make": 1}
    assert 'href="/cars/?colour=blue&amp;make=land-rover&amp;model=range-rover&amp;said=' in page
    assert '<p class="misses">£10,000 more</p>' in page
    assert '<p class="misses">Another make</p>' in page
    assert f"/cars/{blue.pk}/" in page
    assert "11,500" not in page


def test_a_few_cars_are_followed_by_more_that_come_near(client: Client) -> None:
    make.live(colour=Colour.BLUE)
    make.live(colour=Colour.RED)
    page = client.get(f"{URL}?colour=blue").content.decode()
    assert "<strong>1</strong> car" in page
    assert options(page) == {"Any colour": 2}
    assert '<h2 id="nearest">Cars that come near</h2>' in page
    assert '<p class="misses">Another colour</p>' in page


def test_a_page_with_enough_cars_offers_nothing_else(client: Client) -> None:
    nine()
    page = client.get(f"{URL}?make=land-rover").content.decode()
    assert 'id="loosen"' not in page
    assert 'id="nearest"' not in page
