"""What the page of an advert tells a buyer beside the car: prices, the way there, other cars."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from listings.choices import BodyType, Status
from listings.models import Listing, Photo
from listings.site.addresses import advert_path
from tests import make

pytestmark = pytest.mark.django_db
LEEDS: dict[str, Any] = {"latitude": 53.8, "longitude": -1.55}
YORK: dict[str, Any] = {"latitude": 53.96, "longitude": -1.08}


def path(row: Listing) -> str:
    row.refresh_from_db()
    return advert_path(row.pk, row.title)


SHOWN_AT = re.compile(r"\.1[A-Za-z0-9]{5}\.[\w-]{43}")


def read(client: Client, row: Listing, **query: str) -> str:
    answer = client.get(path(row), query)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return answer.content.decode()


def section(page: str, name: str) -> str:
    _, found, rest = page.partition(f'id="{name}"')
    assert found, name
    return rest.partition("</section>")[0]


def why(page: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<p class="because">(.*?)</p>', page)]


def see(row: Listing, *prices: int | None, every: float = 3) -> None:
    """Have buyers see the advert's price so many days, then each of these."""
    for price in prices:
        at = timezone.now() - timedelta(days=every)
        Listing.objects.filter(pk=row.pk).update(published_at=at, price_shown_at=at)
        Listing.objects.filter(pk=row.pk).update(price=price)


def test_prices_that_buyers_saw_are_told_newest_first(client: Client) -> None:
    row = make.live(price=12_000, published_at=timezone.now() - timedelta(days=3))
    see(row, 11_500, None, 11_700)
    told = section(read(client, row), "prices")
    cells = re.findall(r"<td>(.*?)</td>", told)
    assert cells[1::3] == ["£11,700", "Price on application", "£11,500", "£12,000"]
    assert cells[2::3] == ["–", "–", "£500 less", "–"]  # noqa: RUF001


def test_a_price_that_nobody_saw_is_not_told(client: Client) -> None:
    row = make.live(price=12_000, published_at=timezone.now() - timedelta(days=3))
    Listing.objects.filter(pk=row.pk).update(status=Status.WITHDRAWN)
    Listing.objects.filter(pk=row.pk).update(price=1_200)
    Listing.objects.filter(pk=row.pk).update(price=11_000)
    Listing.objects.filter(pk=row.pk).update(status=Status.LIVE)
    assert "1,200" not in read(client, row)
    history = client.get(f"/api/v1/listings/{row.pk}/").json()["price_history"]
    assert [change["price"] for change in history] == [12_000, 11_000]


def test_one_price_is_no_history(client: Client) -> None:
    assert 'id="prices"' not in read(client, make.live())


def test_the_place_of_sale_has_its_hours_and_a_way_there(client: Client) -> None:
    dealer = make.dealer("Northern Cars", phone="0113 496 0000")
    days = ("monday", "tuesday", "saturday")
    hours = [{"day": day, "opens": "09:00", "closes": "17:30"} for day in days]
    place = make.branch(dealer, name="City", opening_hours=hours, phone="0113 496 0111", **LEEDS)
    page = read(client, make.live(branch=place))
    assert "<dt>Mon to Tue</dt><dd>09:00–17:30</dd>" in page  # noqa: RUF001
    assert "<dt>Sun</dt><dd>closed</dd>" in page
    assert 'href="tel:01134960111"' in page
    assert (
        'href="https://www.openstreetmap.org/?mlat=53.8&amp;mlon=-1.55#map=16/53.8/-1.55"' in page
    )
    assert '<a href="/dealers/northern-cars/">Northern Cars</a>' in page
    assert '"opens": "09:00"' in page
    unknown = read(client, make.live(branch=make.branch(dealer, postcode="LS1 4AP")))
    assert 'class="hours"' not in unknown
    assert "search?query=LS1+4AP" in unknown


def test_the_place_from_the_search_tells_the_distance(client: Client) -> None:
    row = make.live(branch=make.branch(**LEEDS))
    assert "<strong>22 miles</strong> from York, in a straight line" in read(
        client, row, near="York"
    )
    other = make.live(branch=make.branch())
    assert "How far this is from York is not known." in read(client, other, near="York")


def test_a_postcode_is_posted_and_only_its_outcode_stays(client: Client) -> None:
    row = make.live(branch=make.branch(**LEEDS))
    answer = Client(enforce_csrf_checks=True).post(path(row), {"near": "yo1 7hh"})
    assert (answer.status_code, answer["Location"]) == (302, f"{path(row)}?near=YO1")
    assert answer.cookies == {}
    answer = client.get(path(row), {"near": "yo1 7hh", "utm_source": "mail"})
    assert (answer.status_code, answer["Location"]) == (301, f"{path(row)}?near=YO1")
    answer = client.get(f"/cars/{row.pk}/", {"near": "YO1"})
    assert (answer.status_code, answer["Location"]) == (301, f"{path(row)}?near=YO1")
    assert client.post(path(row), {"near": ""})["Location"] == path(row)


@pytest.mark.parametrize("text", ["Nowhereville", "QQ9 9QQ", "\x00<b>", "9" * 5_000])
def test_what_is_no_place_is_told_beside_the_field(client: Client, text: str) -> None:
    row = make.live()
    answer = client.post(path(row), {"near": text})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert answer["Cache-Control"] == "no-store"
    assert 'aria-invalid="true" aria-describedby="near-error"' in page
    assert 'id="near-error"' in page
    assert "£33,999" in page
    assert "<b>" not in page
    assert text not in page or len(text) <= 40


def test_tracking_parameters_change_nothing(client: Client) -> None:
    row = make.live()
    plain = read(client, row)
    told = read(client, row, utm_source="mail", fbclid="x", price_max="none")
    # Each form's token says at which second it was shown.
    assert [SHOWN_AT.sub("", page) for page in (told, plain)] == [SHOWN_AT.sub("", plain)] * 2


def test_similar_cars_say_why(client: Client) -> None:
    suv = {"body_type": BodyType.SUV}
    row = make.live(branch=make.branch(**LEEDS), year=2015, mileage=70_000, **suv)
    make.live(price=33_599, branch=make.branch(**YORK), year=2015, mileage=70_400, **suv)
    make.live(price=34_999, branch=make.branch(**LEEDS), year=2017, mileage=40_000, **suv)
    make.live(
        model=make.model("Q7", make.make("Audi")), price=33_999, year=2014, mileage=82_000, **suv
    )
    assert why(read(client, row)) == [
        "Same model, £400 less",
        "Same model, £1,000 more, 2 years newer, 30,000 fewer miles",
        "Same body type, same price, 1 year older, 12,000 more miles",
    ]
    assert why(read(client, row, near="York"))[0] == "Same model, £400 less, 22 miles nearer"


def test_a_place_goes_with_the_reader_from_car_to_car(client: Client) -> None:
    row, other = make.live(), make.live(branch=make.branch(town="Leeds", **LEEDS))
    page = read(client, row, near="York")
    assert f'{path(other)}?near=York"' in page
    assert "Leeds, 22 miles away" in page
    results = client.get("/cars/?near=York").content.decode()
    assert f'{path(other)}?near=York"' in results


def test_the_dealers_other_cars_are_those_that_are_not_shown_yet(client: Client) -> None:
    dealer = make.dealer("Northern Cars")
    place = make.branch(dealer)
    row = make.live(branch=place)
    for _ in range(7):
        make.live(branch=place, price=34_000)
    fiat = make.model("500", make.make("Fiat"))
    small = [make.live(branch=place, model=fiat, price=3_000) for _ in range(2)]
    page = read(client, row)
    others = section(page, "others")
    alike = section(page, "similar")
    shown = [int(each) for each in re.findall(r'href="[^"]*/cars/(\d+)/', others)]
    assert set(shown) >= {each.pk for each in small}
    assert row.pk not in shown
    assert not set(shown) & {int(each) for each in re.findall(r"/cars/(\d+)/", alike)}
    assert '<a href="/dealers/northern-cars/">All 10 cars of Northern Cars</a>' in others


def test_a_car_that_is_gone_leads_to_the_nearest_without_its_price(client: Client) -> None:
    place = make.branch()
    row, other = make.live(branch=place), make.live(price=33_599, branch=place)
    fiat = make.live(branch=place, model=make.model("500", make.make("Fiat")), price=3_000)
    Listing.objects.filter(pk=row.pk).update(status=Status.WITHDRAWN)
    answer = client.get(path(row))
    page = answer.content.decode()
    assert answer.status_code == 410
    assert why(page) == ["Same model"]
    assert path(other) in section(page, "similar")
    assert path(fiat) in section(page, "others")


def test_every_photo_is_a_link_to_itself_and_many_are_folded_away(client: Client) -> None:
    row = make.live()
    for number in range(9):
        Photo.objects.create(
            listing=row, image=f"photos/{number}.jpg", width=800, height=600, position=number
        )
    page = read(client, row)
    shown, _, folded = page.partition("<summary>2 more photos</summary>")
    assert re.findall(r'<a href="[^"]*photos/(\d)\.jpg">', shown) == list("0123456")
    assert re.findall(r'<a href="[^"]*photos/(\d)\.jpg">', folded) == list("78")
    assert re.findall(r'alt="Photo (\d)"', page) == list("23456789")


def test_a_page_with_everything_takes_few_questions_to_the_database(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    place = make.branch(**LEEDS)
    row = make.live(branch=place, published_at=timezone.now() - timedelta(days=3))
    see(row, 30_000, 29_000)
    for price in range(30_000, 30_010):
        make.live(price=price, branch=place)
    with django_assert_max_num_queries(15):
        read(client, row, near="LS1")
