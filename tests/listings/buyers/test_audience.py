"""How often adverts are seen is counted by day and place, without a word of whom."""

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django import Settings

from listings.buyers import audience
from listings.buyers.audience import AudienceCounter, audience_days, counter, pack_days
from listings.models import AdvertDay, Listing
from marketplace.london_time import london_today
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    counter.flush()
    AdvertDay.objects.all().delete()


def counts(row: Listing) -> dict[str, list[int]]:
    counter.flush()
    rows = AdvertDay.objects.filter(listing=row).order_by("place")
    return {each.place: [each.seen, each.opened, each.phoned, each.enquired] for each in rows}


def test_each_door_counts_its_own_place(client: Client) -> None:
    row = make.live(branch=make.branch(phone="0113 496 0000"))
    client.get("/api/v1/listings/")
    client.get(f"/api/v1/listings/{row.pk}/")
    assert client.post(f"/api/v1/listings/{row.pk}/phone/").json() == {"phone": "0113 496 0000"}
    client.get("/cars/")
    path = client.get(f"/cars/{row.pk}/")["Location"]
    client.get(path)
    client.get(f"{path}?placement=aside")
    client.get("/api/v1/widget/")
    assert counts(row) == {"api": [1, 1, 1, 0], "block": [1, 1, 0, 0], "pages": [1, 1, 0, 0]}


def test_following_the_number_of_a_page_is_counted(client: Client) -> None:
    row = make.live(branch=make.branch(phone="0113 496 0000"))
    path = f"/cars/{row.pk}/phone/"
    page = client.get(client.get(f"/cars/{row.pk}/")["Location"]).content.decode()
    assert f'data-calls="{path}"' in page
    assert client.get(path).status_code == 405
    counter.flush()
    AdvertDay.objects.all().delete()
    assert client.post(path).status_code == 204
    assert counts(row) == {"pages": [0, 0, 1, 0]}
    assert client.post(f"/cars/{row.pk + 1}/phone/").status_code == 404


@pytest.mark.parametrize(
    "agent",
    ["Googlebot/2.1", "Mozilla/5.0 (compatible; bingbot/2.0)", "UptimeMonitor/3", "xSpider"],
)
def test_programs_that_say_so_are_not_counted(client: Client, agent: str) -> None:
    row = make.live()
    client.get("/cars/", headers={"User-Agent": agent})
    client.get(f"/api/v1/listings/{row.pk}/", headers={"User-Agent": agent})
    assert counts(row) == {}


def test_sums_of_many_answers_are_one_row() -> None:
    row, other = make.live(), make.live()
    mine = AudienceCounter()
    for _ in range(50):
        mine.count("seen", "api", (row.pk, other.pk))
    assert mine.flush() == 2
    mine.count("seen", "api", (row.pk,))
    mine.count("enquired", "api", (row.pk,))
    assert mine.flush() == 1
    assert counts(row) == {"api": [51, 0, 0, 1]}
    assert counts(other) == {"api": [50, 0, 0, 0]}


def test_an_advert_that_is_deleted_meanwhile_loses_only_its_own_counts() -> None:
    row, gone = make.live(), make.live()
    mine = AudienceCounter()
    mine.count("seen", "api", (row.pk, gone.pk))
    gone.delete()
    assert mine.flush() == 1


def test_a_database_that_is_away_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    row = make.live()
    mine = AudienceCounter()
    mine.count("seen", "api", (row.pk,))
    write = audience._write

    def refuse(noted: Any) -> int:
        raise DatabaseError("away")

    monkeypatch.setattr(audience, "_write", refuse)
    assert mine.flush() == 0
    monkeypatch.setattr(audience, "_write", write)
    assert mine.flush() == 1


def test_old_days_are_packed_into_their_months() -> None:
    row = make.live()
    for day, seen in (
        (date(2026, 3, 1), 1),
        (date(2026, 3, 9), 2),
        (date(2026, 3, 31), 4),
        (date(2026, 4, 2), 8),
        (date(2026, 7, 1), 16),
    ):
        AdvertDay.objects.create(listing=row, day=day, place="api", seen=seen)
    assert pack_days(before=date(2026, 6, 1), limit=2) == 2
    assert pack_days(before=date(2026, 6, 1), limit=2) == 0
    kept = AdvertDay.objects.order_by("day").values_list("day", "seen")
    assert list(kept) == [
        (date(2026, 3, 1), 7),
        (date(2026, 4, 1), 8),
        (date(2026, 7, 1), 16),
    ]


def test_days_without_a_count_stand_in_the_chart() -> None:
    row = make.live()
    AdvertDay.objects.create(listing=row, day=london_today(), place="api", seen=3, opened=1)
    AdvertDay.objects.create(listing=row, day=london_today(), place="pages", seen=4)
    yesterday = london_today() - timedelta(days=1)
    days = audience_days(AdvertDay.objects.filter(listing=row), days=2)
    assert [(each.day, each.seen, each.opened) for each in days] == [
        (yesterday, 0, 0),
        (london_today(), 7, 1),
    ]


def test_a_dealer_reads_the_counts_by_key_and_no_other_dealer_does(client: Client) -> None:
    row = make.live()
    counter.count("opened", "pages", (row.pk,))
    counter.flush()
    path = f"/api/v1/stock/{row.pk}/audience/"
    own, other = make.key(row.dealer), make.key(make.dealer("Others"))
    mine = client.get(f"{path}?days=1", headers={"Authorization": f"Bearer {own}"})
    assert mine.json()["days"] == [
        {"day": f"{london_today()}", "seen": 0, "opened": 1, "phoned": 0, "enquired": 0}
    ]
    assert client.get(path, headers={"Authorization": f"Bearer {other}"}).status_code == 404
    wrong = client.get(f"{path}?days=900", headers={"Authorization": f"Bearer {own}"})
    assert wrong.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_thread_of_the_process_writes_what_was_counted(settings: Settings) -> None:
    settings.AUDIENCE_SECONDS = 0.05
    row = make.live()
    mine = AudienceCounter()
    mine.count("opened", "pages", (row.pk,))
    for _ in range(200):
        time.sleep(0.05)
        if AdvertDay.objects.filter(listing=row).exists():
            break
    settings.AUDIENCE_SECONDS = 0
    time.sleep(0.2)
    assert AdvertDay.objects.get(listing=row).opened == 1


def test_what_is_written_names_nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'listings_advertday'"
        )
        columns = {name for (name,) in cursor.fetchall()}
    assert columns == {
        "id",
        "listing_id",
        "day",
        "place",
        "seen",
        "opened",
        "phoned",
        "enquired",
    }
