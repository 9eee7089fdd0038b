"""Each advert keeps what it was worth at the end of each week."""

from datetime import date

import pytest
from django.utils import timezone

from listings.choices import Status
from listings.models import Listing, ListingValue, ValueHistory
from listings.periodic import keep_value_history
from listings.pricing.value.history import keep_values, valued_weeks
from tests import make

pytestmark = pytest.mark.django_db
MONDAY, SUNDAY, NEXT, LATER = (date(2026, 3, day) for day in (2, 8, 9, 23))


def kept(row: Listing) -> list[tuple[date, int]]:
    history = ValueHistory.objects.get(pk=row.pk)
    return list(zip(history.weeks, history.values, strict=True))


def test_the_last_value_of_a_week_stays() -> None:
    row = make.live()
    make.value(row, 30_000, label="good")
    assert keep_values(MONDAY) == 1
    ListingValue.objects.update(value=29_800)
    assert keep_values(SUNDAY) == 1
    assert keep_values(SUNDAY) == 0
    assert kept(row) == [(MONDAY, 29_800)]
    assert keep_values(NEXT) == 1
    ListingValue.objects.update(value=29_000)
    assert keep_values(LATER) == 1
    assert kept(row) == [(MONDAY, 29_800), (NEXT, 29_800), (LATER, 29_000)]


def test_the_rating_of_each_week_stays_with_its_value() -> None:
    row = make.live()
    make.value(row, 30_000, label="good")
    keep_values(MONDAY)
    ListingValue.objects.update(label="fair")
    assert keep_values(SUNDAY) == 1
    ListingValue.objects.update(label=None, reason="wide_interval")
    keep_values(NEXT)
    ListingValue.objects.update(label="great", reason="", value=33_000)
    keep_values(LATER)
    assert [(each.week, each.value, each.label) for each in valued_weeks(row.pk)] == [
        (LATER, 33_000, "great"),
        (NEXT, 30_000, None),
        (MONDAY, 30_000, "fair"),
    ]


@pytest.mark.parametrize("labels", [None, [], ["good"]])
def test_weeks_from_before_ratings_were_kept_have_none(labels: list[str] | None) -> None:
    row = make.live()
    make.value(row, 30_000, label="great")
    ValueHistory.objects.create(
        listing=row, weeks=[MONDAY, NEXT], values=[29_000, 29_500], labels=labels
    )
    keep_values(LATER)
    keep_values(LATER)
    first = labels[0] if labels else None
    assert [each.label for each in valued_weeks(row.pk)] == ["great", None, first]
    ValueHistory.objects.update(labels=labels, weeks=[NEXT, LATER], values=[29_000, 29_500])
    keep_values(LATER)
    assert [(each.value, each.label) for each in valued_weeks(row.pk)] == [
        (30_000, "great"),
        (29_000, first),
    ]


def test_an_advert_that_was_never_valued_has_no_weeks() -> None:
    assert valued_weeks(make.live().pk) == []


def test_what_does_not_hold_or_is_not_for_sale_is_left_out() -> None:
    stale, sold, unknown = make.live(), make.live(), make.live()
    for row, amount in ((stale, 30_000), (sold, 30_000), (unknown, None)):
        make.value(row, amount)
    Listing.objects.filter(pk=stale.pk).update(mileage=1)
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=timezone.now())
    keep_value_history()
    assert not ValueHistory.objects.exists()


def test_it_goes_with_the_advert() -> None:
    row = make.live()
    make.value(row, 30_000, label="good")
    keep_value_history()
    assert ValueHistory.objects.count() == 1
    Listing.objects.filter(pk=row.pk).delete()
    assert not ValueHistory.objects.exists()
