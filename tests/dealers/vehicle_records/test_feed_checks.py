"""Cars that a feed has written are looked up in the background; the dealer sees what differs."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers.feeds.tasks import check_vehicles, process_run
from dealers.feeds.vehicle_checks import BATCH, ChecksWait
from dealers.models import Dealer, FeedRun, StockFeed
from listings.adverts import edit_listing
from listings.models import Listing, VehicleAnswer, VehicleMismatch
from listings.models.vehicle_record import is_mismatched
from listings.vehicle_records import Mismatch, note_mismatches
from marketplace.models import OutboxTask
from marketplace.queues import queue_of
from tests import make
from tests.dealers.feeds.stock import as_csv, car, mark, receive
from tests.vehicle_registers import FOCUS, FORD, Answer, Registers

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
RANGE_ROVER: dict[str, Any] = {
    **FORD,
    "make": "LAND ROVER",
    "fuelType": "DIESEL",
    "yearOfManufacture": 2015,
    "monthOfFirstRegistration": "2015-04",
}
HISTORY: dict[str, Any] = {**FOCUS, "registrationDate": "2015-04-02", "manufactureDate": None}
STATED = {"fuel": "Diesel", "mileage": "72253"}
COLUMNS = (*make.FEED_COLUMNS, "fuel")


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    make.model()


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Our Cars")


@pytest.fixture
def feed(dealer: Dealer) -> StockFeed:
    return make.feed(make.branch(dealer), columns=COLUMNS)


@pytest.fixture
def desk(client: Client, dealer: Dealer) -> Client:
    client.force_login(make.member(dealer))
    return client


def know(registers: Registers, number: int, dvla: Any = None, dvsa: Any = None) -> None:
    registers.know(mark(number), dvla=dvla or RANGE_ROVER, dvsa=dvsa or HISTORY)


def bring(feed: StockFeed, *rows: dict[str, str], **options: Any) -> FeedRun:
    """Import rows as a worker does, and whatever that puts off; return the run."""
    run = receive(feed, as_csv(rows, COLUMNS), **options)
    OutboxTask.objects.all().delete()
    process_run(run.pk)
    work()
    run.refresh_from_db()
    return run


def work(failure: str = "") -> None:
    """Run the checks that were put off for this failure, or for none, and those that follow."""
    rows = OutboxTask.objects.filter(task=check_vehicles.name, failure=failure)
    while (row := rows.order_by("pk").first()) is not None:
        headers: dict[str, Any] = {"outbox_id": row.pk}
        current_app.tasks[row.task].apply(row.arguments, headers=headers, throw=True)


def findings() -> dict[str, list[str]]:
    found = VehicleMismatch.objects.select_related("listing")
    return {
        str(each.listing.stock_ref): [finding["field"] for finding in each.findings]
        for each in found
    }


def test_what_the_registers_contradict_is_noted_and_nothing_changed(
    feed: StockFeed, registers: Registers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for number in (1, 2, 3, 4, 5):
        know(registers, number)
    run = bring(
        feed,
        car(1, **STATED),
        car(2, **{**STATED, "mileage": "40000"}),
        car(3, **{**STATED, "fuel": "Petrol"}),
        car(4, **{**STATED, "year": "2012"}),
        car(5, **{**STATED, "vrm": ""}),
        car(6, **STATED),
    )
    assert run.state == "done"
    assert findings() == {"S2": ["mileage"], "S3": ["fuel"], "S4": ["year"]}
    row = Listing.objects.get(stock_ref="S2")
    assert (row.mileage, Listing.objects.get(stock_ref="S3").fuel) == (40_000, "petrol")
    assert Listing.objects.get(stock_ref="S4").year == 2012
    assert not any(mark(number) in caplog.text for number in range(1, 7))


def test_a_year_before_the_registered_one_is_noted(feed: StockFeed, registers: Registers) -> None:
    know(registers, 1, {**RANGE_ROVER, "monthOfFirstRegistration": "2017-01"})
    know(registers, 1, {**RANGE_ROVER, "yearOfManufacture": 2016}, {**HISTORY, **NO_DAY})
    bring(feed, car(1, **STATED))
    assert findings() == {}
    year = {"yearOfManufacture": 2017, "monthOfFirstRegistration": "2017-01"}
    VehicleAnswer.objects.all().delete()
    know(registers, 1, {**RANGE_ROVER, **year}, {**HISTORY, **NO_DAY})
    bring(feed, car(1, **{**STATED, "mileage": "72254"}))
    assert findings() == {"S1": ["year"]}


NO_DAY = {"registrationDate": None, "firstUsedDate": None}


def test_the_dealer_sees_it_on_the_advert_and_in_the_report(
    desk: Client, feed: StockFeed, registers: Registers
) -> None:
    know(registers, 1)
    run = bring(feed, car(1, **{**STATED, "mileage": "40000"}))
    said = "The MOT test of 18 March 2026 read 41,210 miles. Here it is 40,000."
    row = Listing.objects.get()
    advert = f"/dealer/listings/listing/{row.pk}/change/"
    report = f"/dealer/dealers/feedrun/{run.pk}/change/"
    assert said in desk.get(advert).content.decode()
    assert f"Mileage: {said}" in desk.get(report).content.decode()
    todo = "Check cars that are registered differently"
    found = "/dealer/listings/listing/?registered=differently"
    assert todo in desk.get("/dealer/").content.decode()
    assert row.title in desk.get(found).content.decode()
    edit_listing(listing_id=row.pk, changes={"mileage": 41_500}, actor_id=None)
    assert said not in desk.get(advert).content.decode()
    assert said not in desk.get(report).content.decode()
    assert todo not in desk.get("/dealer/").content.decode()
    assert row.title not in desk.get(found).content.decode()


@pytest.mark.parametrize("name", ["year", "fuel", "mileage"])
def test_an_advert_is_found_while_it_says_what_is_contradicted(
    dealer: Dealer, feed: StockFeed, name: str
) -> None:
    row = make.live(branch=feed.branch, vrm="A1ABC")
    other = make.live(branch=feed.branch, vrm="A2ABC")
    note_mismatches(row, [Mismatch(name, getattr(row, name), "Otherwise.")])
    note_mismatches(other, [Mismatch(name, None, "Otherwise.")])
    assert list(Listing.objects.filter(is_mismatched())) == [row]
    Listing.objects.update(year=2014, fuel="electric", mileage=1)
    assert not Listing.objects.filter(is_mismatched()).exists()


def test_a_mended_car_is_contradicted_no_more(feed: StockFeed, registers: Registers) -> None:
    know(registers, 1)
    bring(feed, car(1, **{**STATED, "mileage": "40000"}))
    assert findings() == {"S1": ["mileage"]}
    bring(feed, car(1, **STATED))
    assert findings() == {}


def test_another_mark_is_another_car(desk: Client, feed: StockFeed, registers: Registers) -> None:
    know(registers, 1)
    bring(feed, car(1, **{**STATED, "mileage": "40000"}))
    row = Listing.objects.get()
    edit_listing(listing_id=row.pk, changes={"vrm": "A1ABC"}, actor_id=None)
    page = desk.get(f"/dealer/listings/listing/{row.pk}/change/").content.decode()
    assert "registered differently" not in page


def test_only_new_and_changed_cars_are_asked_about(feed: StockFeed, registers: Registers) -> None:
    know(registers, 1)
    know(registers, 2)
    bring(feed, car(1, **STATED), car(2, **STATED))
    VehicleAnswer.objects.all().delete()
    registers.asked.clear()
    bring(feed, car(1, **STATED), car(2, **{**STATED, "price": "9000"}))
    assert sorted(registers.asked) == ["dvla", "dvsa"]


def test_a_trial_run_and_a_marketplace_without_keys_ask_nobody(
    feed: StockFeed, registers: Registers, settings: Settings
) -> None:
    know(registers, 1)
    bring(feed, car(1, **STATED), dry_run=True)
    settings.DVLA_API_KEY = settings.DVSA_API_KEY = ""
    bring(feed, car(1, **STATED))
    assert registers.asked == []
    assert not OutboxTask.objects.filter(task=check_vehicles.name).exists()


def test_a_check_that_waits_ends_where_the_registers_are_switched_off(
    feed: StockFeed, registers: Registers, settings: Settings
) -> None:
    run = bring(feed, car(1, **STATED))
    registers.asked.clear()
    settings.DVLA_API_KEY = settings.DVSA_API_KEY = ""
    check_vehicles(run.pk, 0)
    check_vehicles(run.pk + 1, 0)
    assert registers.asked == []


def test_while_the_registers_are_away_the_check_waits(
    feed: StockFeed, registers: Registers
) -> None:
    registers.dvla[mark(1)] = registers.dvsa[mark(1)] = [Answer(503, {})]
    bring(feed, car(1, **{**STATED, "mileage": "40000"}))
    waiting = OutboxTask.objects.get(task=check_vehicles.name)
    assert (waiting.failure, waiting.given_up_at, waiting.attempts) == ("ChecksWait", None, 0)
    assert waiting.due_at > timezone.now() + timedelta(seconds=20)
    know(registers, 1)
    work("ChecksWait")
    assert findings() == {"S1": ["mileage"]}
    assert not OutboxTask.objects.filter(task=check_vehicles.name).exists()


def test_a_dealers_feeds_ask_so_often_in_a_day(
    feed: StockFeed, registers: Registers, settings: Settings
) -> None:
    settings.DEALER_QUOTAS = {"vehicle_checks_a_day": 1, "vehicle_look_ups_a_day": 9}
    for number in (1, 2):
        know(registers, number)
    run = receive(feed, as_csv([car(1, **STATED), car(2, **STATED)], COLUMNS))
    process_run(run.pk)
    with pytest.raises(ChecksWait):
        check_vehicles(run.pk, 0)
    assert registers.asked.count("dvla") == 1
    settings.DEALER_QUOTAS = {"vehicle_checks_a_day": 2}
    check_vehicles(run.pk, 0)
    assert registers.asked.count("dvla") == 2


def test_many_cars_are_checked_some_at_a_time(feed: StockFeed, registers: Registers) -> None:
    run = receive(feed, as_csv([car(number, **STATED) for number in range(BATCH + 2)], COLUMNS))
    OutboxTask.objects.all().delete()
    process_run(run.pk)
    for number in (0, BATCH + 1):
        know(registers, number, dvsa={**HISTORY, "motTests": [far_test()]})
    check_vehicles(run.pk, 0)
    assert findings() == {"S0": ["mileage"]}
    work()
    assert findings() == {"S0": ["mileage"], f"S{BATCH + 1}": ["mileage"]}


def far_test() -> dict[str, Any]:
    return {**FOCUS["motTests"][1], "odometerValue": "99000"}


def test_checks_keep_no_import_waiting() -> None:
    assert queue_of(check_vehicles.name) == "polls"
    assert queue_of(process_run.name) == "feeds"
