"""The stock table: what it shows, how it is narrowed and searched, and prices written in it."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dealers.models import Branch, Dealer, SavedView, User
from listings.models import AdvertDay, ChangeSet, Listing, ListingEvent, Photo, PriceChange
from marketplace.london_time import london_today
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/dealer/listings/listing/"
MOMENTS = ("published_at", "confirmed_at", "expires_at")
FIELDS = ("year", "price", "mileage", "fuel", "transmission", "doors", "make", "model", "status")


def shown(response: Any) -> set[int]:
    return {row.pk for row in response.context["cl"].result_list}


def search(client: Client, term: str) -> Any:
    return client.post(f"{LIST}search/", {"q": term}, follow=True)


def test_a_row_shows_a_photo_no_larger_than_it_needs(desk: Client, branch: Branch) -> None:
    Photo.objects.create(
        listing=make.live(branch=branch),
        image="photos/car-1280.jpg",
        width=1_280,
        height=960,
        widths=[320, 640, 1_280],
        position=0,
    )
    page = desk.get(LIST).content.decode()
    assert "photos/car-320.jpg" in page
    assert "car-1280" not in page


def test_a_row_shows_what_a_dealer_looks_for(desk: Client, branch: Branch) -> None:
    now = timezone.now()
    row = make.live(
        branch=branch, vrm="AB15CDE", stock_ref="S1", published_at=now - timedelta(days=12)
    )
    Photo.objects.create(listing=row, image="photos/front.jpg", width=4, height=3, position=0)
    page = desk.get(LIST).content.decode()
    for text in (
        "photos/front.jpg",
        "Land Rover Range Rover 3.0 TDV6",
        "2015 · S1",
        "AB15 CDE",
        'value="33,999"',
        "72,253",
        ">12<",
        "Live",
        "in 29 d",
        "</span>48%",
    ):
        assert text in page, text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status__exact=draft", {"new"}),
        ("price_from=10000&price_to=20000", {"cheap"}),
        ("mileage_from=50000", {"cheap"}),
        ("mileage_to=50000", {"dear", "new"}),
        ("age=0-30", {"cheap"}),
        ("age=31-60", set()),
        ("age=91", {"dear"}),
        ("expires=7", {"dear"}),
        ("complete=poor", {"cheap", "dear", "new"}),
        ("complete=good", set()),
        ("missing=photos", {"cheap", "dear", "new"}),
        ("missing=price", {"new"}),
        ("reserved=yes", set()),
        ("sold=month", set()),
        ("plan=none", {"cheap", "dear", "new"}),
    ],
)
def test_filters_narrow_the_table(
    desk: Client, branch: Branch, query: str, found: set[str]
) -> None:
    now = timezone.now()
    rows = {
        "cheap": make.live(branch=branch, price=15_000, mileage=90_000),
        "dear": make.live(
            branch=branch,
            price=40_000,
            mileage=10_000,
            published_at=now - timedelta(days=100),
            expires_at=now + timedelta(days=3),
        ),
        "new": make.draft(branch=branch, price=None, mileage=10),
    }
    assert shown(desk.get(f"{LIST}?{query}")) == {rows[name].pk for name in found}


def test_the_branch_the_make_and_the_plan_narrow_it_too(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    row = make.live(branch=branch)
    mini = make.model("Cooper", make.make("MINI"))
    other = make.live(branch=make.branch(dealer), model=mini)
    assert shown(desk.get(f"{LIST}?branch={branch.pk}")) == {row.pk}
    assert shown(desk.get(f"{LIST}?make={mini.make_id}")) == {other.pk}
    assert shown(desk.get(f"{LIST}?plan={make.price_plan(dealer).pk}")) == set()
    for unknown in ("0", "x", "9" * 30, make.branch().pk):
        assert shown(desk.get(f"{LIST}?branch={unknown}")) == set()


@pytest.mark.parametrize("column", range(2, 11))
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_column_sorts(desk: Client, branch: Branch, column: int, sign: str) -> None:
    make.live(branch=branch)
    assert len(shown(desk.get(f"{LIST}?o={sign}{column}"))) == 1


def test_completeness_sorts(desk: Client, branch: Branch) -> None:
    bare = make.draft(branch=branch, price=None)
    full = make.draft(branch=branch, colour="red", owners=1)
    rows = desk.get(f"{LIST}?o=9").context["cl"].result_list
    assert [row.pk for row in rows] == [bare.pk, full.pk]


@pytest.mark.parametrize("typed", ["rover vogue", "ab15 cde", "S-77"])
def test_title_mark_and_stock_reference_are_searched_without_a_word_in_the_address(
    desk: Client, branch: Branch, typed: str
) -> None:
    row = make.live(branch=branch, vrm="AB15CDE", stock_ref="S-77")
    make.live(branch=branch, vrm="XY65ZZZ", derivative="Other", stock_ref="S-78")
    response = search(desk, typed)
    assert shown(response) == {row.pk}
    target = response.redirect_chain[0][0]
    assert typed.split(maxsplit=1)[0].lower() not in target.lower()
    assert parse_qs(urlsplit(target).query).keys() == {"q"}


@pytest.mark.parametrize("lookup", ["vrm", "vin__startswith", "dealer__name__startswith"])
def test_other_lookups_in_the_address_are_refused(desk: Client, lookup: str) -> None:
    assert desk.get(f"{LIST}?{lookup}=A").status_code == 400


def write_price(client: Client, row: Any, price: str, seen: str = "33999") -> Any:
    return client.post(f"{LIST}{row.pk}/price/", {"price": price, "seen": seen})


@pytest.mark.parametrize(
    ("typed", "price", "text"),
    [("31,995", 31_995, "£31,995"), ("£ 9995", 9_995, "£9,995"), ("", None, "POA")],
)
def test_a_price_is_written_in_place(
    desk: Client, branch: Branch, owner: User, typed: str, price: int | None, text: str
) -> None:
    row = make.live(branch=branch)
    answer = write_price(desk, row, typed)
    origin = f"change_set:{ChangeSet.objects.get().pk}"
    assert answer.json() == {"price": price, "shown": text, "origin": origin}
    row.refresh_from_db()
    assert row.price == price
    assert ListingEvent.objects.get(listing=row).actor == owner
    assert PriceChange.objects.filter(listing=row).last().actor == owner  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["abc", "-5", "0", "1.5", "99999999", "1e5", "٣", "9" * 400])
def test_a_price_that_is_none_is_refused(desk: Client, branch: Branch, typed: str) -> None:
    row = make.live(branch=branch)
    answer = write_price(desk, row, typed)
    assert "whole pounds" in answer.json()["message"]
    row.refresh_from_db()
    assert row.price == 33_999


def test_a_price_that_somebody_else_wrote_meanwhile_is_not_overwritten(
    desk: Client, branch: Branch
) -> None:
    row = make.live(branch=branch, price=30_000)
    answer = write_price(desk, row, "29000", seen="33999")
    assert answer.json()["price"] == 30_000
    assert "£30,000 meanwhile" in answer.json()["message"]
    row.refresh_from_db()
    assert row.price == 30_000


def test_what_a_verb_refuses_is_told(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, admin_fee=9_000)
    answer = write_price(desk, row, "8000")
    assert "admin fee" in answer.json()["message"]


def test_a_view_is_kept_without_its_search_and_removed(
    desk: Client, owner: User, dealer: Dealer
) -> None:
    query = "price_to=9000&q=abc&status__exact=live&p=2&mileage_from="
    desk.post(f"{LIST}view/", {"name": "Cheap", "query": query})
    view = SavedView.objects.get()
    assert (view.user, view.dealer, view.name) == (owner, dealer, "Cheap")
    assert view.query == "price_to=9000&status__exact=live"
    page = desk.get(f"{LIST}?{view.query}").content.decode()
    assert "Cheap" in page
    desk.post(f"{LIST}view/{view.pk}/remove/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\0b"])
def test_a_view_needs_a_name(desk: Client, name: str) -> None:
    desk.post(f"{LIST}view/", {"name": name, "query": "price_to=9000"})
    assert not SavedView.objects.exists()


def test_a_view_is_its_owners_alone(desk: Client, dealer: Dealer) -> None:
    colleague = make.member(dealer)
    view = SavedView.objects.create(dealer=dealer, user=colleague, name="Mine", query="")
    assert "Mine" not in desk.get(LIST).content.decode()
    assert desk.post(f"{LIST}view/{view.pk}/remove/").status_code == 404
    assert SavedView.objects.exists()


@pytest.mark.parametrize("path", [LIST, "/dealer/"])
def test_the_number_of_queries_does_not_grow_with_the_stock(
    desk: Client, branch: Branch, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(path).status_code == 200
        return len(seen)

    def more(count: int) -> None:
        first = make.live(branch=branch)
        fields = {name: getattr(first, name) for name in (*FIELDS, *MOMENTS)}
        rows = Listing.objects.bulk_create(
            Listing(branch=branch, dealer=branch.dealer, **fields) for _ in range(count - 1)
        )
        Photo.objects.bulk_create(
            Photo(listing=row, image="a.jpg", width=4, height=3, position=0) for row in rows
        )

    more(5)
    before = queries()
    more(495)
    assert queries() == before


def test_a_row_counts_the_buyers_of_the_last_thirty_days(desk: Client, branch: Branch) -> None:
    today = london_today()
    liked, quiet = make.live(branch=branch), make.live(branch=branch)
    for days, place, opened, enquired in (
        (0, "pages", 1_200, 1),
        (29, "block", 34, 0),
        (30, "pages", 500, 7),
    ):
        AdvertDay.objects.create(
            listing=liked,
            day=today - timedelta(days=days),
            place=place,
            opened=opened,
            enquired=enquired,
        )
    column = desk.get(LIST).context["cl"].model_admin.list_display.index("buyers") + 1
    answer = desk.get(LIST, {"o": f"-{column}"})
    assert [row.pk for row in answer.context["cl"].result_list] == [liked.pk, quiet.pk]
    page = answer.content.decode()
    assert ("1,234 opened" in page, "1 enquiry<" in page) == (True, True)
    assert ("0 opened" in page, "0 enquiries<" in page) == (True, True)
