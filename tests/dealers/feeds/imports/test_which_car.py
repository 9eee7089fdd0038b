"""Marks and VINs tell cars apart; a reference only where they do not, and where the car is like."""

import pytest

from dealers.models import FeedCar, FeedRun, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds import stock as files
from tests.dealers.feeds.stock import car, counts, mark, report

pytestmark = pytest.mark.django_db

WITH_VIN = (*make.FEED_COLUMNS, "vin")
NO_MARK = ("stock_ref", "make", "model", "year", "price", "mileage")
VINS = tuple(f"SALLMAMA3BA00000{n}" for n in range(10))
KA = {"make": "Ford", "model": "Ka", "derivative": "1.2 Zetec 3dr", "year": 2011, "mileage": 31_000}


@pytest.fixture(autouse=True)
def _ka() -> None:
    make.model("Ka", make.make("Ford"))


def bring(
    feed: StockFeed, rows: list[dict[str, str]], columns: tuple[str, ...] = make.FEED_COLUMNS
) -> FeedRun:
    kept = [{name: row[name] for name in columns if name in row} for row in rows]
    return files.bring(feed, kept, columns=columns)


def stock(*names: str) -> list[tuple[object, ...]]:
    return list(Listing.objects.order_by("id").values_list(*names))


@pytest.mark.parametrize(
    "reference", ["1.23457E+13", "1,23457E+13", "2.5e+08", "4E+15", "9.10002E10", "-1.2E+07"]
)
def test_a_reference_in_exponent_form_identifies_nothing(reference: str) -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2), car(3)])
    ids = stock("id")
    rows = [car(n, stock_ref=reference, price=9_000 + n) for n in (1, 2, 3)]
    run = bring(feed, rows)
    assert counts(run) == {"updated": 3}
    assert stock("id", "stock_ref", "price") == [
        (pk, f"S{n}", 9_000 + n) for n, (pk,) in enumerate(ids, start=1)
    ]
    assert {w["code"] for row in run.rows.all() for w in row.warnings} == {"unreadable_stock_ref"}


@pytest.mark.parametrize("reference", ["12E4", "E+10", "1E", "3e5b", "2.5", "SE10"])
def test_a_reference_that_only_looks_like_an_exponent_is_one(reference: str) -> None:
    bring(make.feed(), [car(1, stock_ref=reference, vrm="")])
    assert stock("stock_ref") == [(reference,)]


def test_one_number_for_three_vins_is_three_cars_in_every_run() -> None:
    feed = make.feed(columns=WITH_VIN)
    rows = [car(n, stock_ref="S1", vrm="", vin=VINS[n]) for n in (1, 2, 3)]
    run = bring(feed, rows, columns=WITH_VIN)
    assert counts(run) == {"created": 3}
    assert stock("vin", "status") == [(VINS[n], "live") for n in (1, 2, 3)]
    assert counts(bring(feed, rows, columns=WITH_VIN)) == {"unchanged": 3}
    rows[1]["price"] = "7000"
    assert counts(bring(feed, rows, columns=WITH_VIN)) == {"updated": 1, "unchanged": 2}
    assert stock("vin", "price")[1] == (VINS[2], 7_000)
    assert Listing.objects.count() == 3


def test_one_number_for_two_marks_is_two_cars_when_the_second_comes_later() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    for _ in range(2):
        run = bring(feed, [car(1), car(2, stock_ref="S1")])
    assert (run.state, run.row_count) == ("done", 2)
    assert stock("vrm", "status") == [(mark(1), "live"), (mark(2), "live")]


def test_a_number_reused_for_another_car_is_a_new_advert() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    old = Listing.objects.get(vrm=mark(1))
    for day in range(3):
        run = bring(feed, [car(5, stock_ref="S1", price=2_995 - day, **KA), car(2)])
        assert run.state == "done"
    old.refresh_from_db()
    assert (old.status, old.price, old.make.name) == ("withdrawn", 10_001, "Land Rover")
    new = Listing.objects.get(vrm=mark(5))
    assert (new.status, new.price, new.make.name) == ("live", 2_993, "Ford")
    assert old.price_changes.count() == 1
    assert Listing.objects.count() == 3
    assert (old.stock_ref, new.stock_ref) == (None, "S1")


def test_a_number_goes_back_with_the_car_that_returns() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    new = car(5, stock_ref="S1", **KA)
    for rows in ([new, car(2)], [new, car(2)], [car(1), car(2)], [car(1), car(2)]):
        bring(feed, rows)
    assert stock("vrm", "stock_ref", "status") == [
        (mark(1), "S1", "live"),
        (mark(2), "S2", "live"),
        (mark(5), None, "withdrawn"),
    ]


def test_numbers_that_move_down_a_file_go_with_their_cars_in_one_run() -> None:
    feed = make.feed()
    bring(feed, [car(n) for n in range(1, 6)])
    rows = [car(n, stock_ref=f"S{n + 1}") for n in range(1, 6)]
    run = bring(feed, [*rows, car(7, stock_ref="S1")])
    assert counts(run) == {"updated": 5, "created": 1}
    assert stock("vrm", "stock_ref") == [
        *((mark(n), f"S{n + 1}") for n in range(1, 6)),
        (mark(7), "S1"),
    ]


@pytest.mark.parametrize("keeps", ["another feed", "by hand", "no feed"])
def test_a_number_stays_with_a_car_that_is_not_this_feeds_alone(keeps: str) -> None:
    feed = make.feed()
    if keeps == "no feed":
        make.live(branch=feed.branch, vrm=mark(1), stock_ref="S1")
    else:
        bring(feed, [car(1)])
    if keeps == "another feed":
        bring(make.feed(feed.branch), [car(1, stock_ref="T1")])
        Listing.objects.update(stock_ref="S1")
    if keeps == "by hand":
        Listing.objects.update(locked_fields=["stock_ref"])
    run = bring(feed, [car(5, stock_ref="S1", **KA)])
    assert run.rows.get(line=2).warnings[-1]["code"] == "duplicate_stock_ref"
    assert stock("vrm", "stock_ref") == [(mark(1), "S1"), (mark(5), None)]


def test_two_feeds_that_number_alike_do_not_take_each_others_numbers() -> None:
    first = make.feed()
    second = make.feed(first.branch)
    for day in range(2):
        bring(first, [car(1, price=9_000 + day)])
        bring(second, [car(5, stock_ref="S1", price=2_000 + day, **KA)])
    assert stock("vrm", "stock_ref") == [(mark(1), "S1"), (mark(5), None)]


def test_a_number_reused_where_no_column_has_marks_is_told_by_what_the_car_is() -> None:
    feed = make.feed(columns=NO_MARK)
    bring(feed, [{**car(1), "price": "30000"}], columns=NO_MARK)
    for _ in range(3):
        bring(feed, [car(1, **KA)], columns=NO_MARK)
    assert stock("make__name", "status") == [("Land Rover", "withdrawn"), ("Ford", "live")]


@pytest.mark.parametrize(
    "slip",
    [{"year": 2016}, {"mileage": 73_100}, {"year": 2013}, {"derivative": "4.4 SDV8", "price": 1}],
)
def test_a_correction_where_no_column_has_marks_is_the_same_car(slip: dict[str, object]) -> None:
    feed = make.feed(columns=(*NO_MARK, "derivative"))
    bring(feed, [car(1)], columns=(*NO_MARK, "derivative"))
    assert counts(bring(feed, [car(1, **slip)], columns=(*NO_MARK, "derivative"))) == {"updated": 1}
    assert Listing.objects.count() == 1


def test_a_changed_mark_with_the_same_number_and_like_facts_is_asked_about() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    for price in (9_000, 9_000, 8_000):
        run = bring(feed, [car(1, vrm="X1ABC", price=price), car(2)])
        assert counts(run) == {"held": 1, "unchanged": 1}
        assert [each["code"] for each in run.rows.get(line=2).reasons] == ["changed_mark"]
    assert stock("vrm", "status", "price") == [
        (mark(1), "live", 10_001),
        (mark(2), "live", 10_002),
    ]


def test_the_question_is_answered_by_giving_the_advert_the_new_mark() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    bring(feed, [car(1, vrm="X1ABC", price=9_000)])
    Listing.objects.update(vrm="X1ABC")
    assert counts(bring(feed, [car(1, vrm="X1ABC", price=9_000)])) == {"updated": 1}
    assert stock("vrm", "price") == [("X1ABC", 9_000)]


def test_the_question_is_answered_by_taking_the_old_advert_off_sale() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    bring(feed, [car(1, vrm="X1ABC")])
    Listing.objects.update(status="withdrawn")
    assert counts(bring(feed, [car(1, vrm="X1ABC")]))["created"] == 1
    assert stock("vrm", "status") == [(mark(1), "withdrawn"), ("X1ABC", "live")]


def test_the_same_vin_wins_over_a_changed_mark() -> None:
    feed = make.feed(columns=WITH_VIN)
    bring(feed, [car(1, vin=VINS[1]), car(2, vin=VINS[2])], columns=WITH_VIN)
    ids = stock("id")
    rows = [
        car(1, vin=VINS[1], vrm="X1ABC", stock_ref="N1"),
        car(2, vin=VINS[2], vrm=mark(1), stock_ref="S1"),
    ]
    run = bring(feed, rows, columns=WITH_VIN)
    assert counts(run) == {"updated": 2}
    assert stock("id", "vrm") == [(ids[0][0], "X1ABC"), (ids[1][0], mark(1))]


def test_a_plate_that_moved_to_a_new_car_does_not_take_the_old_cars_advert() -> None:
    feed = make.feed(columns=WITH_VIN)
    bring(feed, [car(1, vin=VINS[1]), car(2, vin=VINS[2])], columns=WITH_VIN)
    rows = [car(5, vin=VINS[5], vrm=mark(1), **KA), car(2, vin=VINS[2])]
    for day in range(4):
        rows[0]["price"] = str(2_000 + day)
        run = bring(feed, rows, columns=WITH_VIN)
        assert run.state == "done"
    assert stock("vin", "status", "make__name") == [
        (VINS[1], "withdrawn", "Land Rover"),
        (VINS[2], "live", "Land Rover"),
        (VINS[5], "live", "Ford"),
    ]


def test_another_vin_under_the_same_mark_of_a_like_car_is_asked_about() -> None:
    feed = make.feed(columns=WITH_VIN)
    bring(feed, [car(1, vin=VINS[1])], columns=WITH_VIN)
    run = bring(feed, [car(1, vin=VINS[7], price=5_000)], columns=WITH_VIN)
    assert counts(run) == {"held": 1}
    assert stock("vin", "price") == [(VINS[1], 10_001)]


def test_a_number_that_two_cars_swap_moves_neither_advert() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    bring(feed, [car(1, stock_ref="S2", price=9_111), car(2, stock_ref="S1", price=9_222)])
    assert stock("vrm", "stock_ref", "price") == [
        (mark(1), "S2", 9_111),
        (mark(2), "S1", 9_222),
    ]


def test_a_number_does_not_take_a_car_that_a_mark_names() -> None:
    """The old number stands beside no mark, while the car's mark has a new number."""
    feed = make.feed()
    bring(feed, [car(1)])
    run = bring(feed, [car(1, stock_ref="NEW", price=7_000), car(1, vrm="", **KA)])
    assert counts(run) == {"updated": 1, "created": 1}
    assert stock("vrm", "price", "make__name") == [
        (mark(1), 7_000, "Land Rover"),
        (None, 10_001, "Ford"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [("00123", "123"), ("123", "00123"), ("0007", "7"), ("4711", "4711.0"), ("00456", "456.0")],
)
def test_a_number_is_the_same_with_and_without_what_a_spreadsheet_took(
    before: str, after: str
) -> None:
    feed = make.feed(columns=NO_MARK)
    rows = [car(1, stock_ref=before), car(2, stock_ref="900")]
    bring(feed, rows, columns=NO_MARK)
    ids = stock("id")
    rows = [car(1, stock_ref=after, price=9_000), car(2, stock_ref="900")]
    assert counts(bring(feed, rows, columns=NO_MARK)) == {"updated": 1, "unchanged": 1}
    assert stock("id") == ids


def test_numbers_that_stand_side_by_side_are_different_whatever_their_noughts() -> None:
    feed = make.feed(columns=NO_MARK)
    bring(feed, [car(1, stock_ref="123")], columns=NO_MARK)
    rows = [car(1, stock_ref="123"), car(2, stock_ref="0123")]
    assert counts(bring(feed, rows, columns=NO_MARK)) == {"unchanged": 1, "created": 1}
    assert stock("stock_ref", "price") == [("123", 10_001), ("0123", 10_002)]


@pytest.mark.parametrize("vin", ["11111111111111111", "XXXXXXXXXXXXXXXXX", "00000000000000000"])
def test_a_vin_of_one_character_identifies_nothing(vin: str) -> None:
    feed = make.feed(columns=WITH_VIN)
    run = bring(feed, [car(1, vin=vin), car(2, vin=vin)], columns=WITH_VIN)
    assert counts(run) == {"created": 2}
    assert stock("vin") == [(None,), (None,)]


def test_a_mark_that_a_person_corrected_is_not_asked_about_again() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    Listing.objects.update(vrm="X1ABC", locked_fields=["vrm"])
    assert counts(bring(feed, [car(1, price=9_500)])) == {"updated": 1}
    assert stock("vrm", "price") == [("X1ABC", 9_500)]


def test_a_mark_that_comes_later_is_the_same_car() -> None:
    feed = make.feed()
    bring(feed, [car(1, vrm="")])
    assert counts(bring(feed, [car(1)])) == {"updated": 1}
    assert stock("stock_ref", "vrm") == [("S1", mark(1))]


def test_a_car_with_a_shared_number_and_nothing_else_names_no_car() -> None:
    rows = [car(1, stock_ref="S9"), car(2, stock_ref="S9"), car(3, stock_ref="S9", vrm="")]
    run = bring(make.feed(), rows)
    assert report(run) == [(2, "S9", "created"), (3, "S9", "created"), (4, "S9", "rejected")]
    assert run.rows.get(line=4).reasons[0]["code"] == "no_identity"
    assert FeedCar.objects.count() == 2
