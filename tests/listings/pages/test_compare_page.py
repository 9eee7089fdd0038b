"""A buyer puts cars side by side, without an account or a script."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from listings.choices import Equipment, Status
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
URL = "/cars/compare/"


def read(client: Client, query: str = "") -> str:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    assert answer["X-Robots-Tag"] == "noindex"
    return answer.content.decode()


def asked(*rows: Listing) -> str:
    return "&".join(f"id={row.pk}" for row in rows)


def lines(page: str) -> dict[str, list[str]]:
    """Return what is told of the cars, by its name, which says where they differ."""
    found = re.findall(r'<tr[^>]*><th scope="row">(.*?)</th>(.*?)</tr>', page)
    return {
        " ".join(unescape(re.sub(r"<.*?>|≠", "", name)).split()): [
            unescape(value) for value in re.findall(r"<td[^>]*>(.*?)</td>", values)
        ]
        for name, values in found
    }


def links(page: str, text: str) -> list[str]:
    found = re.findall(rf'<a [^>]*href="([^"]+)"[^>]*>{text}</a>', page)
    return [unescape(each) for each in found]


def test_cars_stand_side_by_side_in_the_order_of_the_address(client: Client) -> None:
    place = make.branch(make.dealer("Northern Cars"), town="Leeds")
    one = make.live(
        branch=place,
        seats=5,
        equipment=Equipment.bits([Equipment.TOWBAR, Equipment.DAB]),
    )
    two = make.live(branch=place, price=30_000, equipment=Equipment.bits([Equipment.DAB]))
    told = lines(read(client, asked(two, one)))
    assert told["Price (differs)"] == ["£30,000", "£33,999"]
    assert told["Seats (differs)"] == ["Not stated", "5"]
    assert told["Mileage"] == ["72,253 miles", "72,253 miles"]
    assert told["Towbar (differs)"] == ["Not stated", "Yes"]
    assert told["DAB radio"] == ["Yes", "Yes"]
    assert told["Place"] == ["Leeds", "Leeds"]
    assert "Colour" not in told
    assert "Sunroof" not in told


def test_a_car_can_be_taken_away_and_another_added(client: Client) -> None:
    one, two, like = make.live(), make.live(price=30_000), make.live(price=31_000)
    page = read(client, asked(one, two))
    assert links(page, "Take away") == [f"{URL}?id={two.pk}", f"{URL}?id={one.pk}"]
    assert links(page, "Add to the comparison") == [f"{URL}?{asked(one, two, like)}"]
    alone = read(client, asked(one))
    assert links(alone, "Take away") == [URL]
    assert "(differs)" not in alone
    assert 'id="differences"' not in alone


def test_cars_that_are_gone_say_so(client: Client) -> None:
    row, sold, draft = make.live(), make.live(), make.draft(derivative="Secret")
    withdrawn = make.live(derivative="4.4 Gone 4dr")
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=timezone.now())
    Listing.objects.filter(pk=withdrawn.pk).update(status=Status.WITHDRAWN)
    page = read(client, asked(sold, row, draft, withdrawn))
    told = re.sub(r"<[^>]+>", "", page)
    assert f"{sold.title} has been sold." in told
    withdrawn.refresh_from_db()
    assert f"{withdrawn.title} is no longer for sale." in told
    assert f"There is no advert {draft.pk}." in told
    assert "Secret" not in page
    assert len(lines(page)["Price"]) == 1
    assert links(page, "Take it away")[0] == f"{URL}?{asked(row, draft, withdrawn)}"


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("id=x", True),
        ("id=-1&id=0", True),
        ("id=1e3,%3Cb%3E", True),
        ("id=", False),
        ("", False),
        ("utm_source=mail", False),
        ("id=" + "9" * 5_000, True),
    ],
)
def test_nonsense_is_no_dead_end(client: Client, query: str, note: bool) -> None:
    page = read(client, query)
    assert ("A part of this address names no car" in page) is note
    assert "Look for cars" in page
    assert "<b>" not in page


def test_more_than_six_are_left_out_and_told(client: Client) -> None:
    rows = [make.live() for _ in range(8)]
    page = read(client, asked(*rows, rows[0]))
    assert len(lines(page)["Price"]) == 6
    assert "Only 6 cars stand side by side: 2 more are left out." in page
    assert 'id="similar"' not in page


def test_every_card_and_every_advert_leads_here_without_a_script(client: Client) -> None:
    row, other = make.live(), make.live(price=30_000)
    results = client.get("/cars/").content.decode()
    assert links(results, "Compare") == [f"{URL}?id={other.pk}", f"{URL}?id={row.pk}"]
    page = client.get(f"/cars/{row.pk}/", follow=True).content.decode()
    assert links(page, "Compare with other cars") == [f"{URL}?id={row.pk}"]
    assert links(page, "Compare with this car") == [f"{URL}?{asked(row, other)}"]
    assert "Compare" not in client.get("/widget/fragment/").content.decode()


def test_another_front_end_is_where_the_cars_lead(client: Client, settings: Settings) -> None:
    settings.PUBLIC_LISTING_URL = "https://www.example.com/{id}"
    row = make.live()
    assert f'<a href="https://www.example.com/{row.pk}">' in read(client, asked(row))


def test_the_page_takes_few_questions_to_the_database(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [make.live() for _ in range(4)]
    make.live()
    with django_assert_max_num_queries(8):
        read(client, f"{asked(*rows)}&id=1000")
