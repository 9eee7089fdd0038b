"""Figures that may be slips wait for a person; the rest of the row is taken."""

import pytest

from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("figure", "kept"),
    [
        ({"price": 100_010}, {"price": 10_001}),
        ({"price": 1_000}, {"price": 10_001}),
        ({"mileage": 722_530}, {"mileage": 72_253}),
        ({"mileage": 7_225}, {"mileage": 72_253}),
    ],
)
def test_a_doubtful_figure_is_held_and_the_row_is_taken(
    figure: dict[str, int], kept: dict[str, int]
) -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    run = bring(feed, [car(1, derivative="4.4 SDV8 Autobiography 4dr Auto", **figure)])
    row = Listing.objects.get()
    assert {name: getattr(row, name) for name in kept} == kept
    assert row.derivative == "4.4 SDV8 Autobiography 4dr Auto"
    (name,) = kept
    assert (f"{name}_doubtful", name) in [
        (each["code"], each["field"]) for each in run.rows.get().warnings
    ]


def test_a_reduction_and_a_first_drive_are_no_doubt() -> None:
    feed = make.feed()
    bring(feed, [car(1, mileage=10)])
    bring(feed, [car(1, price=5_001, mileage=900)])
    row = Listing.objects.get()
    assert (row.price, row.mileage) == (5_001, 900)
