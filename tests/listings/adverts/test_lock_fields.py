"""What a person writes is kept from feeds, field by field, until it is given back."""

import pytest

from listings.adverts import create_listing, edit_listing, unlock_fields
from listings.choices import Source
from listings.exceptions import ListingNotFound
from listings.models import ListingEvent
from listings.pricing import PriceStep, PriceUnit, change_prices
from tests import make

pytestmark = pytest.mark.django_db


def test_an_edit_by_hand_locks_the_fields_it_changes() -> None:
    row = make.draft(price=9_000, doors=5)
    edit_listing(listing_id=row.pk, changes={"price": 8_500, "doors": 5}, actor_id=None)
    edited = edit_listing(listing_id=row.pk, changes={"colour": "red"}, actor_id=None)
    assert edited.locked_fields == ["colour", "price"]
    assert ListingEvent.objects.latest("id").source == "person"


def test_prices_changed_in_bulk_are_locked_once() -> None:
    row = make.live(price=9_000)
    for _ in range(2):
        change_prices(listing_ids=[row.pk], step=PriceStep(PriceUnit.POUNDS, -100), actor_id=None)
    row.refresh_from_db()
    assert (row.price, row.locked_fields) == (8_800, ["price"])


@pytest.mark.parametrize("source", [Source.API, Source.FEED, Source.SYSTEM])
def test_what_a_machine_writes_is_not_locked(source: Source) -> None:
    row = make.draft(price=9_000)
    edited = edit_listing(listing_id=row.pk, changes={"price": 8_500}, actor_id=None, source=source)
    assert edited.locked_fields == []
    assert ListingEvent.objects.latest("id").source == source


def test_a_new_advert_is_not_locked() -> None:
    branch, model = make.branch(), make.model()
    fields = {"branch": branch, "make": model.make, "model": model, "year": 2015, "mileage": 9}
    row = create_listing(fields=fields, actor_id=None)
    assert row.locked_fields == []
    assert ListingEvent.objects.get(listing=row).source == "person"


def test_fields_are_given_back_one_by_one() -> None:
    person = make.user()
    row = make.draft(price=9_000)
    changes = {"price": 8_500, "colour": "red"}
    edit_listing(listing_id=row.pk, changes=changes, actor_id=person.pk)
    row = unlock_fields(listing_id=row.pk, fields=["price", "doors"], actor_id=person.pk)
    assert row.locked_fields == ["colour"]
    assert row.unlocked_at is not None
    event = ListingEvent.objects.latest("id")
    assert (event.kind, event.actor, event.changes) == (
        "unlocked",
        person,
        {"locked_fields": [["colour", "price"], ["colour"]]},
    )


def test_giving_back_what_is_not_locked_writes_nothing() -> None:
    row = make.draft()
    events = ListingEvent.objects.count()
    assert unlock_fields(listing_id=row.pk, fields=["price"], actor_id=None).unlocked_at is None
    assert ListingEvent.objects.count() == events


def test_only_an_advert_has_locks() -> None:
    with pytest.raises(ListingNotFound):
        unlock_fields(listing_id=0, fields=["price"], actor_id=None)
