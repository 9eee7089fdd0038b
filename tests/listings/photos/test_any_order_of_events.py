"""Whatever lists, people and failures come in whatever order, the photos stay in good order."""

import random

import pytest

from listings.models import DiscardedPhoto, Listing, Photo, PhotoSource
from listings.photos import remove_photo, reorder_photos
from tests import make
from tests.listings.photos.fetched import fetch_all, publish, shown, states, want
from tests.listings.photos.storage import uploaded
from tests.pictures import picture
from tests.websites import Website

pytestmark = pytest.mark.django_db

WIDTHS = (10, 20, 30, 40)
STEPS = 40


class Forecourt:
    """An advert, what a person uploaded and removed, and the list that came last."""

    def __init__(self, site: Website, chance: random.Random) -> None:
        self.site, self.chance = site, chance
        self.row: Listing = make.live()
        self.wanted: list[int] = []
        self.by_hand: set[int] = set()
        self.width_of_next_upload = 100

    def list_photos(self) -> None:
        self.wanted = self.chance.sample(WIDTHS, self.chance.randrange(len(WIDTHS) + 1))
        want(self.row, self.site, *self.wanted)

    def break_some(self) -> None:
        self.site.pages.clear()
        publish(self.site, *self.chance.sample(WIDTHS, 2))

    def mend_all(self) -> None:
        publish(self.site, *WIDTHS)

    def fetch(self) -> None:
        fetch_all(self.site)

    def upload(self) -> None:
        self.width_of_next_upload += 1
        photo = uploaded(picture(size=(self.width_of_next_upload, 10)), self.row)
        self.by_hand.add(photo.pk)

    def remove(self) -> None:
        if photos := list(self.row.photos.all()):
            gone = self.chance.choice(photos).pk
            remove_photo(listing_id=self.row.pk, photo_id=gone, actor_id=None)
            self.by_hand.discard(gone)

    def reorder(self) -> None:
        ids = list(self.row.photos.values_list("pk", flat=True))
        self.chance.shuffle(ids)
        reorder_photos(listing_id=self.row.pk, photo_ids=ids, actor_id=None)

    def check(self) -> None:
        assert len(shown(self.row)) == len(set(shown(self.row)))
        uploads = Photo.objects.filter(listing=self.row, source=None)
        assert set(uploads.values_list("pk", flat=True)) == self.by_hand
        fetched = PhotoSource.objects.filter(photo__isnull=False)
        assert set(fetched.values_list("state", flat=True)) <= {"fetched", "superseded"}
        assert fetched.count() == self.row.photos.count() - len(self.by_hand)
        assert len(states(self.row)) == len(self.wanted)


@pytest.mark.parametrize("seed", range(4))
def test_the_photos_are_those_of_the_list_and_of_the_person_in_the_end(
    site: Website, seed: int
) -> None:
    forecourt = Forecourt(site, random.Random(seed))  # noqa: S311 - the same each time
    acts = [
        Forecourt.list_photos,
        Forecourt.break_some,
        Forecourt.mend_all,
        Forecourt.fetch,
        Forecourt.upload,
        Forecourt.remove,
        Forecourt.reorder,
    ]
    for _ in range(STEPS):
        forecourt.chance.choice(acts)(forecourt)
        forecourt.check()

    forecourt.mend_all()
    want(forecourt.row, site)
    want(forecourt.row, site, 30, 10, 20)
    fetch_all(site)
    forecourt.wanted = [30, 10, 20]
    forecourt.check()
    assert [width for width in shown(forecourt.row) if width < 100] == [30, 10, 20]
    noted = set(DiscardedPhoto.objects.values_list("image", flat=True))
    assert not noted & set(Photo.objects.values_list("image", flat=True))
