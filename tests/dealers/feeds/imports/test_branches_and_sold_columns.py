"""The file's own words for branches, and its columns that say a car is sold."""

import pytest

from dealers.feeds.columns import suggest
from dealers.feeds.configuration import edit_feed
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car, counts

pytestmark = pytest.mark.django_db

WITH_BRANCH = (*make.FEED_COLUMNS, "branch")


def branch_of(reference: str) -> int:
    return Listing.objects.get(stock_ref=reference).branch_id


def test_a_car_stands_where_the_files_word_or_the_branchs_name_says() -> None:
    leeds = make.branch(name="Leeds")
    york = make.branch(leeds.dealer, name="York")
    feed = make.feed(leeds, columns=WITH_BRANCH, branch_refs={"YK01": york.pk})
    rows = [car(1, branch=" yk01 "), car(2, branch="York"), car(3, branch="LEEDS"), car(4)]
    assert counts(bring(feed, rows, columns=WITH_BRANCH)) == {"created": 4}
    assert [branch_of(f"S{n}") for n in (1, 2, 3, 4)] == [york.pk, york.pk, leeds.pk, leeds.pk]
    rows[0]["branch"] = "leeds"
    run = bring(feed, rows, columns=WITH_BRANCH)
    assert run.rows.get().fields == ["branch"]
    assert branch_of("S1") == leeds.pk


def test_an_unknown_word_is_told_and_moves_no_car() -> None:
    leeds = make.branch(name="Leeds")
    york = make.branch(leeds.dealer, name="York")
    feed = make.feed(leeds, columns=WITH_BRANCH)
    bring(feed, [car(1, branch="York")], columns=WITH_BRANCH)
    run = bring(feed, [car(1, branch="YK01"), car(2, branch="YK01")], columns=WITH_BRANCH)
    for row in run.rows.all():
        assert [(each["code"], each["value"]) for each in row.warnings] == [
            ("unknown_branch", "YK01")
        ]
    assert (branch_of("S1"), branch_of("S2")) == (york.pk, leeds.pk)
    edit_feed(feed_id=feed.pk, changes={"branch_refs": {"YK01": york.pk}}, actor=SYSTEM)
    rows = [car(1, branch="YK01"), car(2, branch="YK01")]
    assert counts(bring(feed, rows, columns=WITH_BRANCH)) == {"unchanged": 1, "updated": 1}
    assert (branch_of("S1"), branch_of("S2")) == (york.pk, york.pk)


def test_another_dealers_branch_is_never_one_of_ours() -> None:
    leeds, theirs = make.branch(name="Leeds"), make.branch(name="York")
    feed = make.feed(leeds, columns=WITH_BRANCH, branch_refs={"YK01": theirs.pk})
    rows = [car(1, branch="York"), car(2, branch="YK01")]
    assert counts(bring(feed, rows, columns=WITH_BRANCH)) == {"created": 2}
    assert (branch_of("S1"), branch_of("S2")) == (leeds.pk, leeds.pk)


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Sold", "Y", "N"),
        ("is_sold", "True", "False"),
        ("SOLD", "1", "0"),
        ("Stock Status", "SOLD", "In Stock"),
        ("Availability", "sold_out", "in_stock"),
        ("Vehicle Status", "Sold & delivered", "Forecourt"),
    ],
)
def test_a_column_says_that_a_car_is_sold(header: str, yes: str, no: str) -> None:
    columns = (*make.FEED_COLUMNS, header)
    feed = make.feed(mapping=suggest(columns).mapping().to_json())
    rows = [{**car(1), header: no}, {**car(2), header: no}, car(3)]
    assert counts(bring(feed, rows, columns=columns)) == {"created": 3}
    rows[0][header] = yes
    run = bring(feed, rows, columns=columns)
    assert (counts(run), run.rows.get().fields) == ({"updated": 1, "unchanged": 2}, ["status"])
    stock = Listing.objects.order_by("stock_ref").values_list("status", flat=True)
    assert list(stock) == ["sold", "live", "live"]
    assert counts(bring(feed, rows[1:], columns=columns)) == {"unchanged": 2}
    assert Listing.objects.get(stock_ref="S1").status == "sold"
