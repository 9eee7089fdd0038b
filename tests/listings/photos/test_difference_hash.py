"""A photo is known again when it was saved anew or resized, and is not taken for another."""

import io
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from listings.models import Listing, Photo
from listings.periodic import tend_photos
from listings.photos.difference_hash import NO_HASH, difference_hash
from listings.photos.missing_hashes import WIDTH_MIN, add_missing_hashes
from listings.photos.pictures import decoded
from listings.photos.renditions import make_sizes
from tests import make
from tests.listings.photos.storage import uploaded
from tests.pictures import encoded, halves
from tests.scenes import booth, copies, cropped, notice, saved, scene

SCENES = 20
PICTURES = Path(__file__).parents[4] / "shared" / "data"
"""Beside the checkout, where somebody keeps pictures to try this on."""


def known_by(content: bytes) -> int:
    return difference_hash(decoded(content, width_max=1_920))


def found(pictures: list[Image.Image]) -> tuple[Counter[str], int, int]:
    """Return the copies found by their kind, how many pictures have a hash, and wrong pairs."""
    copies_found: Counter[str] = Counter()
    originals = [known_by(saved(picture, quality=95)) for picture in pictures]
    for picture, original in zip(pictures, originals, strict=True):
        for kind, content in copies(picture):
            copies_found[kind] += original != NO_HASH and known_by(content) == original
        copies_found["crop of 1 %"] += known_by(cropped(picture, 0.01)) == original != NO_HASH
    hashed = [each for each in originals if each != NO_HASH]
    wrong = sum(count * (count - 1) // 2 for count in Counter(hashed).values())
    return copies_found, len(hashed), wrong


def test_copies_are_found_and_no_picture_is_taken_for_another() -> None:
    """The scenes were not looked at when the bounds of the hash were chosen."""
    copies_found, hashed, wrong = found([scene(number) for number in range(SCENES)])
    print(dict(copies_found), f"of {hashed} with a hash; {wrong} wrong")  # noqa: T201 - a figure
    assert wrong == 0
    assert hashed >= 0.8 * SCENES
    assert copies_found.pop("crop of 1 %") < hashed, "what is cut is another picture, mostly"
    assert all(count >= 0.7 * hashed for count in copies_found.values()), copies_found
    assert copies_found.total() >= 0.8 * hashed * len(copies_found)


@pytest.mark.skipif(not any(PICTURES.glob("**/*.jp*g")), reason="no pictures are there")
def test_copies_of_photographs_are_found() -> None:
    pictures = [Image.open(path).convert("RGB") for path in sorted(PICTURES.glob("**/*.jp*g"))]
    copies_found, hashed, wrong = found(pictures[:200])
    copies_found.pop("crop of 1 %")
    assert wrong == 0
    assert copies_found.total() >= 0.7 * hashed * len(copies_found)


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (800, 600), "grey"),
        Image.linear_gradient("L"),
        halves(),
        notice("Photo coming soon"),
        notice("Bild folgt in K\u00fcrze"),
    ],
)
def test_a_plain_picture_has_no_hash(picture: Image.Image) -> None:
    assert known_by(encoded(picture.convert("RGB"))) == NO_HASH


def test_one_place_tells_cars_of_two_colours_apart() -> None:
    """Two of one colour look alike there: names and facts decide, as of every photo."""
    hashes = {known_by(saved(booth(paint, "KX19ABC"))) for paint in ("#102040", "#d0d4d8")}
    assert len(hashes - {NO_HASH}) == 2
    plates = {known_by(saved(booth("#102040", plate))) for plate in ("KX19ABC", "LD20XYZ")}
    assert len(plates) == 1


def test_it_fits_the_column() -> None:
    hashes = [difference_hash(scene(number).resize((320, 240))) for number in range(SCENES)]
    assert all(-(2**63) <= each < 2**63 for each in hashes)
    assert min(hashes) < 0 < max(hashes)


@pytest.mark.django_db
def test_an_upload_has_a_hash_at_once_and_that_of_its_sizes_later() -> None:
    picture = scene(1)
    photo = uploaded(saved(picture))
    assert photo.difference_hash not in (None, NO_HASH)
    make_sizes(photo_id=photo.pk)
    photo.refresh_from_db()
    assert photo.difference_hash == known_by(saved(picture))


def file_read_of(photo: Photo) -> str:
    return next(size.jpeg for size in photo.sizes() if size.width >= WIDTH_MIN)


@pytest.mark.django_db(transaction=True)
def test_photos_of_before_are_hashed_in_batches_and_their_adverts_looked_at_again() -> None:
    photos = [uploaded(saved(scene(number))) for number in range(3)]
    gone, broken = (uploaded(saved(scene(number))) for number in (3, 4))
    default_storage.delete(file_read_of(gone))
    name = file_read_of(broken)
    default_storage.delete(name)
    default_storage.save(name, io.BytesIO(b"no picture"))
    wanted = {photo.pk: photo.difference_hash for photo in photos}
    Photo.objects.update(difference_hash=None)
    before = dict(Listing.objects.values_list("pk", "revision"))
    assert add_missing_hashes(batch=2) == 5
    assert add_missing_hashes(batch=2) == 0
    hashes = dict(Photo.objects.values_list("pk", "difference_hash"))
    assert hashes.pop(gone.pk) == hashes.pop(broken.pk) == NO_HASH
    alike = [wanted[pk] == hashes[pk] for pk in wanted]
    assert sum(alike) >= 2, "the smallest file tells what the largest does"
    after = dict(Listing.objects.values_list("pk", "revision"))
    assert all(after[pk] != before[pk] for pk in before)


@pytest.mark.django_db(transaction=True)
def test_a_folder_that_is_not_there_takes_no_hash_away(media: Path) -> None:
    photos = [uploaded(saved(scene(number))) for number in range(2)]
    Photo.objects.update(difference_hash=None)
    media.rename(media.with_name("elsewhere"))
    assert add_missing_hashes(batch=2) == 0
    assert set(Photo.objects.values_list("difference_hash", flat=True)) == {None}
    media.with_name("elsewhere").rename(media)
    tend_photos()
    assert not Photo.objects.filter(difference_hash=None).exists()
    assert len(photos) == Photo.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_photo_without_any_file_is_read_once() -> None:
    Photo.objects.create(listing=make.live(), image="photos/x.jpg", position=0, width=1, height=1)
    assert add_missing_hashes() == 1
    assert Photo.objects.get().difference_hash == NO_HASH
