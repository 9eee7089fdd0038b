"""Adverts of one physical car are linked as they change, and parted when that is mended."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listings import periodic
from listings.models import CarClue, Listing, Photo
from listings.physical_cars.links import follow_cars
from listings.physical_cars.partition import PHOTO_HOLDERS_MAX
from tests import make
from tests.listings.photos.storage import uploaded
from tests.listings.physical_cars.adverts import linked, of, photo
from tests.scenes import booth, copies, notice, saved, scene

pytestmark = pytest.mark.django_db(transaction=True)

VIN, OTHER_VIN = "SALLMAMC7CA123456", "SALLMAMC7CA654321"


def test_a_mark_or_a_vin_links_and_facts_alone_never_do() -> None:
    marked = [make.live(vrm="KX19ABC", colour="blue") for _ in range(2)]
    by_vin = [make.live(vin=VIN), make.draft(vin=VIN, vrm="LD20XYZ")]
    for _ in range(2):
        make.live(colour="red")
    assert linked() == {of(*marked), of(*by_vin)}


def test_a_mended_mark_parts_what_it_linked_and_links_anew() -> None:
    one, two, three = make.live(vrm="KX19ABC"), make.live(vrm="KX19ABC"), make.live(vrm="KX19ABD")
    assert linked() == {of(one, two)}
    Listing.objects.filter(pk=two.pk).update(vrm="KX19ABD")
    assert linked() == {of(two, three)}
    Listing.objects.filter(pk=two.pk).update(vrm=None)
    assert linked() == set()


def test_a_mark_that_moved_to_another_car_links_only_those_without_a_vin() -> None:
    old, new = make.live(vrm="B1GXX", vin=VIN), make.live(vrm="B1GXX")
    assert linked() == {of(old, new)}
    moved = make.live(vrm="B1GXX", vin=OTHER_VIN)
    bare = make.live(vrm="B1GXX")
    assert linked() == {of(new, bare)}
    Listing.objects.filter(pk=moved.pk).update(vrm="C2GXX")
    assert linked() == {of(old, new, bare)}


def test_a_photo_links_adverts_with_the_same_facts() -> None:
    facts = {"colour": "blue", "mileage": 20_000}
    rows = [
        make.live(**facts),
        make.live(**(facts | {"mileage": 20_400})),
        make.live(vin=VIN, **facts),
    ]
    for row in rows[:2]:
        photo(row, "aa")
    assert linked() == {of(*rows[:2])}
    photo(rows[0], "bb", 1)
    photo(rows[2], "bb")
    assert linked() == {of(*rows)}
    Photo.objects.filter(listing=rows[1]).delete()
    assert linked() == {of(rows[0], rows[2])}
    Listing.objects.filter(pk=rows[2].pk).update(mileage=25_000)
    assert linked() == set()


@pytest.mark.parametrize(
    "other",
    [{"colour": "red"}, {"colour": None}, {"year": 2016}, {"mileage": 20_501}],
)
def test_a_photo_on_cars_that_differ_links_none_of_them(other: dict[str, object]) -> None:
    facts = {"colour": "blue", "mileage": 20_000}
    rows = [make.live(**facts), make.live(**facts), make.live(**{**facts, **other})]
    for row in rows:
        photo(row, "aa")
    assert linked() == set()
    Photo.objects.filter(listing=rows[2]).delete()
    assert linked() == {of(*rows[:2])}


def test_a_photo_never_joins_two_marks_nor_cars_that_were_hardly_driven() -> None:
    facts = {"colour": "blue", "mileage": 20_000}
    for vrm in ("KX19ABC", "KX19ABD", None):
        photo(make.live(vrm=vrm, **facts), "aa")
    for _ in range(2):
        photo(make.live(colour="blue", mileage=12), "bb")
    assert linked() == set()


def test_a_photo_in_drafts_or_ended_adverts_links_nothing() -> None:
    rows = [make.live(colour="blue"), make.live(colour="blue"), make.draft(colour="blue")]
    for row in rows:
        photo(row, "aa")
    assert linked() == {of(*rows[:2])}
    Listing.objects.filter(pk=rows[1].pk).update(status="withdrawn")
    assert linked() == set()


def test_a_chain_of_photos_is_parted_and_linked_as_far_as_that_reaches() -> None:
    rows = [make.live(colour="blue") for _ in range(7)]
    for place in range(2):
        for row in rows[place : place + 2]:
            photo(row, f"between {place}", row.photos.count())
    assert linked() == {of(*rows[:3])}
    for place in range(2, 6):
        for row in rows[place : place + 2]:
            photo(row, f"between {place}", row.photos.count())
    assert linked() == set()
    Listing.objects.filter(pk=rows[6].pk).update(price=9_999)
    assert linked() == set(), "what is next to it is no group, as it goes on"
    Photo.objects.filter(listing=rows[3]).delete()
    assert linked() == {of(*rows[:3]), of(*rows[4:])}
    photo(rows[2], "new", 2)
    photo(rows[3], "new")
    assert linked() == {of(*rows[4:])}, "the first is three photos away from what is new"


def test_a_photo_saved_anew_links_as_the_photo_does(media: Path) -> None:
    picture = scene(11)
    copies_of_it = [content for _, content in copies(picture)]
    rows = [make.live(colour="blue", mileage=20_000 + number) for number in range(2)]
    other, plain = make.live(colour="blue"), [make.live(colour="blue") for _ in range(2)]
    for row, content in zip(rows, (saved(picture, quality=95), copies_of_it[1]), strict=True):
        uploaded(content, row)
    uploaded(saved(scene(12)), other)
    for row in plain:
        uploaded(saved(notice("Photo coming soon")), row)
    assert linked() == {of(*rows)}
    Listing.objects.filter(pk=rows[1].pk).update(colour="red")
    assert linked() == set()


def test_cars_taken_at_one_place_are_told_apart_by_their_marks(media: Path) -> None:
    rows = [make.live(colour="blue", vrm=vrm) for vrm in ("KX19ABC", "LD20XYZ")]
    for row in rows:
        uploaded(saved(booth("#102040", row.vrm or "")), row)
    hashes = Photo.objects.values_list("difference_hash", flat=True)
    assert len(set(hashes)) == 1
    assert linked() == set()


def test_a_stock_photo_links_nothing_and_costs_one_look_up() -> None:
    rows = [make.live(colour="blue") for _ in range(PHOTO_HOLDERS_MAX)]
    for row in rows:
        photo(row, "aa")
    assert linked() == {of(*rows)}
    more = [make.live(colour="blue") for _ in range(60)]
    for row in more:
        photo(row, "aa")
    assert linked() == set()
    Listing.objects.filter(pk=more[0].pk).update(price=9_999)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert follow_cars() == 1
    assert len(asked) < 25
    Photo.objects.filter(listing__in=more).delete()
    assert linked() == {of(*rows)}


def test_a_deleted_advert_and_forgotten_marks_leave_no_clue() -> None:
    one, two = make.live(vrm="KX19ABC", vin=VIN), make.live(vrm="KX19ABC")
    third = make.live(vrm="KX19ABC", vin=OTHER_VIN)
    fourth = make.live(vrm="KX19ABC")
    assert linked() == {of(two, fourth)}
    one.delete()
    assert linked() == {of(two, third, fourth)}
    Listing.objects.update(vrm=None, vin=None)
    assert linked() == set()
    assert not CarClue.objects.exists()


def test_clues_tell_no_mark(caplog: pytest.LogCaptureFixture) -> None:
    make.live(vrm="KX19ABC", vin=VIN)
    periodic.link_cars()
    assert CarClue.objects.count() == 2
    assert "KX19ABC" not in str(list(CarClue.objects.values())) + caplog.text
