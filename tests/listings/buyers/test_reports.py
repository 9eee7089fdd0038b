"""Anybody reports an advert, a job finds what looks wrong, and staff decide."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from listings.buyers.guards import opened
from listings.buyers.signals import SHOWN_MAX, find_signals
from listings.choices import Status
from listings.models import AdvertReport, AdvertSignal, BuyerRecord, CarLink, Listing
from tests import make
from tests.listings.photos.storage import uploaded
from tests.listings.physical_cars.adverts import photo
from tests.scenes import saved, scene

pytestmark = pytest.mark.django_db


def send(client: Client, row: Listing, **members: Any) -> Any:
    path = f"/api/v1/listings/{row.pk}/reports/"
    return client.post(path, {"reason": "fraud", **members}, content_type="application/json")


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(make.staff())
    return client


def test_a_report_names_nobody_unless_somebody_wants_an_answer(client: Client) -> None:
    row = make.live()
    assert send(client, row, text="<b>No</b> such car. http://x.example").status_code == 204
    first = AdvertReport.objects.get()
    assert (first.text, first.record.email, first.record.consent) == ("No such car.", "", None)
    assert first.record.dealer_id is None
    assert send(client, row, email="ann@example.com").status_code == 204
    last = AdvertReport.objects.latest("id")
    assert (last.record.email, last.record.consent is not None) == ("ann@example.com", True)


@pytest.mark.parametrize(
    "members", [{"reason": "because"}, {"reason": "other"}, {"email": "ann"}, {"more": 1}]
)
def test_what_cannot_be_sent_is_told(client: Client, members: dict[str, Any]) -> None:
    assert send(client, make.live(), **members).status_code == 400
    assert not BuyerRecord.objects.exists()


def test_only_what_buyers_see_is_reported(client: Client) -> None:
    assert send(client, make.draft()).status_code == 404


def test_the_form_works_without_a_script_and_keeps_what_was_typed(client: Client) -> None:
    row = make.live()
    path = f"/cars/{row.pk}/report/"
    assert "What is wrong with this advert?" in client.get(path).content.decode()
    early = client.post(path, {"reason": "sold", "opened": opened("report")})
    assert early.status_code == 400
    token = opened("report")
    time.sleep(2.1)  # as long as a person takes at least
    again = client.post(path, {"reason": "other", "email": "ann@example.com", "opened": token})
    assert (again.status_code, "ann@example.com" in again.content.decode()) == (400, True)
    sent = client.post(path, {"reason": "sold", "opened": token}, follow=True)
    assert "Thank you" in sent.content.decode()
    assert AdvertReport.objects.get().reason == "sold"


def test_staff_take_an_advert_down_and_its_dealer_reads_why(client: Client, office: Client) -> None:
    row = make.live()
    for _ in range(2):
        send(client, row)
    assert "Adverts that people reported" in office.get("/admin/").content.decode()
    report = AdvertReport.objects.earliest("id")
    page = office.get(f"/admin/listings/advertreport/{report.pk}/change/").content.decode()
    assert "Take the advert down" in page
    path = f"/admin/listings/advertreport/{report.pk}/take_down/"
    office.post(path, {"reason": " "})
    row.refresh_from_db()
    assert row.status == Status.LIVE
    office.post(path, {"reason": "The car is not yours."})
    row.refresh_from_db()
    assert row.status == Status.REJECTED
    assert row.events.latest("id").reason == "The car is not yours."
    assert set(AdvertReport.objects.values_list("decision", flat=True)) == {"taken_down"}


def test_staff_dismiss_a_report_once(client: Client, office: Client) -> None:
    row = make.live()
    send(client, row)
    path = f"/admin/listings/advertreport/{AdvertReport.objects.get().pk}/dismiss/"
    assert office.get(path).status_code == 405
    office.post(path)
    again = office.post(path, follow=True).content.decode()
    assert "has been decided already" in again
    row.refresh_from_db()
    assert row.status == Status.LIVE


def test_who_may_not_change_adverts_decides_nothing(client: Client) -> None:
    row = make.live()
    send(client, row)
    looker = make.staff(is_superuser=False)
    desk = Client()
    desk.force_login(looker)
    path = f"/admin/listings/advertreport/{AdvertReport.objects.get().pk}/dismiss/"
    assert desk.post(path).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_what_looks_wrong_beside_other_adverts_is_found(client: Client) -> None:
    mine = make.dealer("Mine")
    here = make.branch(mine)
    usual = [make.live(branch=here, price=10_000 + n) for n in range(12)]
    cheap = make.live(price=2_500)
    marked = make.live(vrm="AB15CDE")
    twin = make.live(vrm="AB15CDE", price=9_000)
    own = make.live(branch=here, price=9_900)
    photo(marked, "a" * 64)
    photo(usual[0], "a" * 64)
    photo(own, "b" * 64)
    photo(usual[1], "b" * 64)
    for _ in range(3):
        send(client, usual[2])
    find_signals()
    found = set(AdvertSignal.objects.values_list("listing_id", "suspicion"))
    assert found == {
        (cheap.pk, "low_price"),
        (marked.pk, "same_mark"),
        (twin.pk, "same_mark"),
        (marked.pk, "same_photo"),
        (usual[0].pk, "same_photo"),
        (usual[2].pk, "reported"),
    }


@pytest.mark.django_db(transaction=True)
def test_a_photo_saved_anew_is_found_on_a_car_that_differs(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    rows = [make.live(colour="blue"), make.live(colour="red", year=2012)]
    for row, quality in zip(rows, (95, 60), strict=True):
        for number in (11, 12):
            uploaded(saved(scene(number), quality=quality), row)
    find_signals()
    found = AdvertSignal.objects.filter(suspicion="same_photo")
    assert set(found.values_list("listing_id", "other_id", "detail")) == {
        (rows[0].pk, rows[1].pk, "2 photos"),
        (rows[1].pk, rows[0].pk, "2 photos"),
    }
    assert not CarLink.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mark_on_many_adverts_looks_wrong_and_a_photo_on_many_is_a_stock_photo() -> None:
    first = make.live(vrm="AB15CDE")
    rows = [first, *(make.live(vrm="AB15CDE") for _ in range(SHOWN_MAX - 1))]
    for row in rows:
        photo(row, "aa")
    find_signals()
    found = Counter(AdvertSignal.objects.values_list("suspicion", "other_id"))
    assert found[("same_mark", first.pk)] == found[("same_photo", first.pk)] == SHOWN_MAX - 1
    photo(make.live(vrm="AB15CDE"), "aa")
    find_signals()
    found = Counter(AdvertSignal.objects.values_list("suspicion", "other_id"))
    assert found == {("same_mark", first.pk): SHOWN_MAX, ("same_mark", rows[1].pk): 1}


@pytest.mark.django_db(transaction=True)
def test_a_dismissed_signal_stays_dismissed_and_one_that_is_over_goes(office: Client) -> None:
    marked, twin = make.live(vrm="AB15CDE"), make.live(vrm="AB15CDE")
    assert find_signals() == 2
    assert find_signals() == 0
    signal = AdvertSignal.objects.get(listing=marked)
    office.post(f"/admin/listings/advertsignal/{signal.pk}/dismiss/")
    find_signals()
    assert AdvertSignal.objects.get(listing=marked).dismissed_at is not None
    Listing.objects.filter(pk=twin.pk).update(vrm=None)
    find_signals()
    assert not AdvertSignal.objects.exists()
