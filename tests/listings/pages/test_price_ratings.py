"""A buyer sees how a price stands to what similar cars ask, why, and by which rule."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from listings.choices import NoRating, PriceRating, Status
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db


def advert(client: Client, row: Listing) -> str:
    answer = client.get(f"/cars/{row.pk}/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def text(page: str) -> str:
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def rated(price: int = 10_000, amount: int = 10_450, label: str = "good", **fields: Any) -> Listing:
    row = make.live(price=price)
    make.value(row, amount, label=label, **fields)
    return row


def test_an_advert_says_how_its_price_stands_and_what_each_rating_is(client: Client) -> None:
    row = rated()
    page = advert(client, row)
    told = text(page)
    assert "Good price £450 below similar cars" in told
    assert "Cars like this one ask about £10,450 here" in told
    assert "£9,718 to £11,181" in told
    assert "it rests on 12 similar cars" in told
    steps = re.findall(r'<li( class="here" aria-current="true")?><span class="step">', page)
    assert [bool(each) for each in steps] == [False, False, True, False, False]
    prices = [unescape(each) for each in re.findall(r'<span class="prices-of">(.*?)</span>', page)]
    assert prices == [
        "under £8,882",
        "£8,882 to £9,717",
        "£9,718 to £10,763",
        "£10,764 to £11,703",
        "£11,704 or more",
    ]
    assert f'href="/cars/{row.pk}/comparables/"' in page
    assert 'href="/price-ratings/"' in page
    assert "only just past the edge" not in told


def test_search_engines_are_told_nothing_of_the_value(client: Client) -> None:
    page = advert(client, rated())
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(found)["@type"] == "Car"
    assert "10450" not in found
    assert "ood price" not in found


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": 10_450, "reason": NoRating.WIDE_INTERVAL}, "Prices of similar cars lie too"),
        ({"amount": None, "reason": NoRating.FEW_COMPARABLES}, None),
        ({"amount": 10_450, "reason": NoRating.CHECK_PRICE}, None),
    ],
)
def test_without_a_label_there_is_none(
    client: Client, fields: dict[str, Any], told: str | None
) -> None:
    row = make.live(price=10_000)
    make.value(row, fields.pop("amount"), **fields)
    shown = text(advert(client, row))
    assert ("What such cars ask" in shown) == (told is not None)
    assert (told or "") in shown
    assert "below similar cars" not in shown
    for label in PriceRating.labels:
        assert label not in shown


def test_a_changed_price_has_no_rating_until_it_is_worked_out(client: Client) -> None:
    row = rated()
    Listing.objects.filter(pk=row.pk).update(price=9_999)
    assert "What such cars ask" not in text(advert(client, row))
    assert "Good price" not in text(advert(client, row))


def test_a_label_that_holds_a_little_past_its_edge_says_so(client: Client) -> None:
    row = rated(price=10_800)
    told = text(advert(client, row))
    assert "Good price £350 above similar cars" in told
    assert "only just past the edge" in told


def test_a_price_on_application_has_no_rating(client: Client) -> None:
    row = make.live(price=None)
    make.value(row, 10_000, reason=NoRating.NO_PRICE)
    told = text(advert(client, row))
    assert "The price is on application." in told
    assert "similar cars ask" not in told


def test_compared_cars_have_their_ratings_side_by_side(client: Client) -> None:
    one, other, plain = rated(), rated(9_000, 9_000, "great"), make.live()
    page = client.get(f"/cars/compare/?id={one.pk},{other.pk},{plain.pk}").content.decode()
    line = page.split("Price rating", 1)[1].split("</tr>", 1)[0]
    assert [unescape(each) for each in re.findall(r"<td[^>]*>(.*?)</td>", line)] == [
        "Good price, £450 below similar cars",
        "Great price, just what similar cars ask",
        "Not rated",
    ]
    page = client.get(f"/cars/compare/?id={plain.pk}").content.decode()
    assert "Price rating" not in page


def test_the_rule_is_told_with_every_number(client: Client) -> None:
    answer = client.get("/price-ratings/")
    assert answer.status_code == 200
    told = text(answer.content.decode())
    for part in (
        "version is 2026.1",
        "Lower price under 85 %",
        "Great price from 85 % to under 93 %",
        "Good price from 93 % to under 103 %",
        "Fair price from 103 % to under 112 %",
        "Higher price 112 % or more",
        "taken 0.7 to 1.8 times",
        "past an edge by 2.5 %",
        "Fewer than 8; a car that is rated stays so down to 6",
        "further off than 25 % of the value either way; a car that is rated stays so up to 27 %",
        "Older than 15 years",
        "under £1,500 or over £70,000",
        "Under 300 miles and younger than 6 months",
        "More than 4.4 times the usual error",
        "15 similar cars or more, and nine in ten lie within 12 %",
        "8 similar cars or more, and nine in ten lie within 18 %",
    ):
        assert part in told, part
    assert "How far off we are" not in told


def test_the_rule_says_how_far_the_values_of_the_day_are_off(client: Client) -> None:
    make.market_fit(adverts=12_345, prior=2_000, error=7.34, coverage_80=80.4)
    told = text(client.get("/price-ratings/").content.decode())
    assert "from 12,345 adverts and 2,000 asking prices of other places" in told
    assert "off by 7.3 % on average; 80 % of the prices" in told


def test_the_page_of_comparables_has_what_each_would_ask(client: Client) -> None:
    row = rated(residual=0.0, correction=0.0)
    other = make.live(price=11_000, mileage=70_253)
    make.value(other, 11_000, label="good", residual=0.0)
    make.live(price=11_000)  # never valued
    answer = client.get(f"/cars/{row.pk}/comparables/")
    assert answer["X-Robots-Tag"] == "noindex"
    page = answer.content.decode()
    assert re.findall(r'data-car="(\d+)"', page) == [str(other.pk)]
    told = text(page)
    assert "2,000 fewer miles. Adjusted to this car: £10,450" in told
    fitted_at = timezone.localtime(row.market_value.fit.fitted_at)
    assert f"rests on the cars that were for sale on {fitted_at:%-d %B %Y} ;" in told
    assert "these are the nearest for sale now" in told
    assert "£11,000" in told
    assert "Cars like it ask about £10,450 : eight in ten of them £9,718 to £11,181" in told


def test_the_page_of_comparables_without_any(client: Client) -> None:
    row = make.live()
    told = text(client.get(f"/cars/{row.pk}/comparables/").content.decode())
    assert "We do not know what such cars ask just now" in told
    alone = rated()
    told = text(client.get(f"/cars/{alone.pk}/comparables/").content.decode())
    assert "None of the cars that this rests on is for sale any more" in told
    sold = make.live(status=Status.SOLD, sold_at=timezone.now())
    assert client.get(f"/cars/{sold.pk}/comparables/").status_code == 404


@pytest.mark.parametrize("path", ["/cars/", "/used-cars/", "/dealers/harbour-cars/", "similar"])
def test_cards_of_every_list_have_the_label_with_its_scale(client: Client, path: str) -> None:
    dealer = make.dealer("Harbour Cars")
    for row in (make.live(price=10_000, dealer=dealer), make.live(price=10_400, dealer=dealer)):
        make.value(row, 10_450, label="good")
    make.live(price=10_200, dealer=dealer)  # no label without a value
    page = client.get(path if path.startswith("/") else f"/cars/{row.pk}/", follow=True)
    cards = page.content.decode().split('<li class="uc-card">')[1:]
    rated = [text(f"<main>{card}</main>") for card in cards if 'class="rated"' in card]
    assert len(cards) - len(rated) == 1
    assert any("Good price £450 below similar cars" in card for card in rated)
    for card in cards:
        steps = re.findall(r"<span( class=\"here\")?></span>", card)
        assert [bool(step) for step in steps] in ([], [False, False, True, False, False])


def test_a_block_has_no_label_where_the_page_wants_none(client: Client) -> None:
    rated()
    for path in ("/widget/fragment/", "/widget/frame/"):
        assert "Good price" in client.get(path).content.decode()
        page = client.get(f"{path}?rating=false").content.decode()
        assert "uc-card" in page
        assert "Good price" not in page
    assert "shown_rating" not in client.get("/api/v1/widget/").content.decode()


def test_the_results_are_narrowed_by_rating_and_ordered_by_value(client: Client) -> None:
    great, good = rated(9_500, 10_450, "great"), rated()
    make.live(price=9_000)
    page = client.get("/cars/").content.decode()
    box = page.split('id="field-price_rating"', 1)[1].split("</fieldset>", 1)[0]
    assert re.findall(r'value="(\w+)"', box) == ["great", "good", "none"]
    assert "Price rating Great price 1 Good price 1 Not rated 1" in text(f"<main>{box}</main>")
    assert '<option value="value">Best value first</option>' in page
    page = client.get("/cars/?price_rating=good&ordering=value", follow=True).content.decode()
    found = page.split('<p class="count-line">', 1)[1].split('class="loosen"', 1)[0]
    assert found.startswith("<strong>1</strong> car")
    assert re.findall(r'data-car="(\d+)"', found)[0] == str(good.pk)
    assert 'value="good" checked' in page
    assert "Good price" in text(page.split('class="chips"', 1)[1].join(("<main>", "</main>")))
    ordered = client.get("/cars/?ordering=value").content.decode()
    assert re.findall(r'data-car="(\d+)"', ordered)[:2] == [str(great.pk), str(good.pk)]


def test_without_ratings_the_form_asks_for_none(client: Client) -> None:
    make.live()
    page = client.get("/cars/").content.decode()
    assert 'id="field-price_rating"' not in page
