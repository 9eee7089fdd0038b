"""What an advert's texts say the car has is read as they are written, whoever writes."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from listings import periodic
from listings.adverts import create_listing, edit_listing, equipment
from listings.choices import Equipment, Source
from listings.models import Listing, ListingEvent
from tests import make

pytestmark = pytest.mark.django_db


def had(row: Listing) -> set[str]:
    row.refresh_from_db()
    assert row.equipment is not None
    return set(Equipment.of_bits(row.equipment))


def create(**fields: Any) -> Listing:
    model = make.model()
    given = {"branch": make.branch(), "make": model.make, "model": model, "year": 2015}
    return create_listing(fields={**given, "mileage": 1, **fields}, actor_id=None)


def edit(row: Listing, source: Source = Source.PERSON, **changes: Any) -> None:
    edit_listing(listing_id=row.pk, changes=changes, actor_id=None, source=source)


def test_a_new_advert_has_what_its_texts_say() -> None:
    row = create(features=["Towbar"], description="No sat nav.", derivative="SE [Leather] 5dr")
    assert had(row) == {"towbar", "leather"}
    assert had(create()) == set()


def test_a_changed_text_is_read_with_those_that_stay() -> None:
    row = create(features=["Towbar"], description="Bluetooth.")
    edit(row, description="Isofix.")
    assert had(row) == {"towbar", "isofix"}
    edit(row, features=[])
    assert had(row) == {"isofix"}
    edit(row, derivative="SE Nav 5dr", price=5_000)
    assert had(row) == {"isofix", "sat_nav"}
    edit(row, mileage=2)
    assert had(row) == {"isofix", "sat_nav"}


def test_a_text_that_a_person_wrote_keeps_what_it_says() -> None:
    row = create(features=["Towbar"])
    edit(row, features=["Isofix"])
    edit(row, source=Source.FEED, features=["Towbar"], description="Bluetooth.")
    assert had(row) == {"isofix", "bluetooth"}


def test_the_log_and_the_locks_tell_of_texts_alone() -> None:
    row = create()
    edit(row, description="Towbar.")
    row.refresh_from_db()
    assert row.locked_fields == ["description"]
    assert ListingEvent.objects.latest("pk").changes == {"description": ["", "Towbar."]}


def test_buyers_find_and_read_it(client: Client) -> None:
    row = make.live()
    edit(row, features=["Sat nav", "Heated seats"])
    make.live(equipment=0)
    found = client.get("/api/v1/listings/", {"equipment": "sat_nav,heated_seats"}).json()
    assert [card["id"] for card in found["results"]] == [row.pk]
    advert = client.get(f"/api/v1/listings/{row.pk}/").json()
    assert advert["equipment"] == ["heated_seats", "sat_nav"]


def test_texts_that_nobody_read_are_read_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equipment, "BATCH_SIZE", 2)
    rows = [make.draft(features=["Towbar"]) for _ in range(5)]
    read = make.draft(features=["Towbar"], equipment=0)
    assert Listing.objects.filter(equipment=None).count() == 5
    assert equipment.read_unread(seconds_max=0) == 0
    periodic.read_equipment()
    assert [had(row) for row in rows] == [{"towbar"}] * 5
    assert had(read) == set()
    assert equipment.read_unread() == 0


def test_staff_have_all_texts_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equipment, "BATCH_SIZE", 2)
    rows = [make.draft(features=["Towbar"], equipment=0) for _ in range(3)]
    told = StringIO()
    call_command("read_equipment", after=rows[0].pk, stdout=told)
    assert [had(row) for row in rows] == [set(), {"towbar"}, {"towbar"}]
    assert told.getvalue().splitlines()[-1] == "2 adverts changed."
    before = dict(Listing.objects.values_list("pk", "revision"))
    call_command("read_equipment", after=rows[0].pk, stdout=told)
    assert dict(Listing.objects.values_list("pk", "revision")) == before


def test_an_advert_that_was_not_read_yet_says_so(client: Client) -> None:
    row = make.live(features=["Towbar"])
    assert client.get(f"/api/v1/listings/{row.pk}/").json()["equipment"] is None
