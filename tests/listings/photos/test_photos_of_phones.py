"""HEIC, as phones write it: the pictures beside this file are half red and half blue.

They were made with pillow-heif 1.8, which encodes: 80 by 60 pixels, the second one turned by its
container, the third with a green picture behind it.
"""

import io
from pathlib import Path
from typing import cast

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from listings.exceptions import InvalidListing
from listings.models import Photo
from listings.photos.pictures import check_picture
from listings.photos.renditions import make_sizes
from tests.listings.photos.storage import uploaded

HERE = Path(__file__).parent


def heic(name: str) -> bytes:
    return (HERE / f"{name}.heic").read_bytes()


def is_red(picture: Image.Image, at: tuple[int, int]) -> bool:
    red, _, blue = cast("tuple[int, int, int]", picture.getpixel(at))
    return red > 200 and blue < 50


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "size", "blue_at"),
    [("halves", (80, 60), (78, 30)), ("turned", (60, 80), (30, 78)), ("two", (80, 60), (78, 30))],
)
def test_a_photo_of_a_phone_becomes_upright_jpeg(
    name: str, size: tuple[int, int], blue_at: tuple[int, int]
) -> None:
    photo = uploaded(heic(name))
    make_sizes(photo_id=photo.pk)
    shown = Photo.objects.get(pk=photo.pk).sizes()[-1].jpeg
    with default_storage.open(shown) as file, Image.open(io.BytesIO(file.read())) as picture:
        assert (picture.format, picture.size) == ("JPEG", size)
        assert is_red(picture, (2, 2))
        assert not is_red(picture, blue_at)


@pytest.mark.parametrize("cut", [20, 300, 500])
def test_a_photo_of_a_phone_that_breaks_off_is_refused(cut: int) -> None:
    with pytest.raises(InvalidListing):
        check_picture(io.BytesIO(heic("halves")[:cut]))
