"""An upload becomes web sizes: upright, in sRGB, without metadata."""

import io
from pathlib import Path
from typing import cast

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageCms

from listings.models import PhotoOriginal
from listings.photos.renditions import make_sizes
from tests.listings.photos.storage import files_in, files_shown, uploaded
from tests.pictures import encoded, halves

pytestmark = pytest.mark.django_db

ORIENTATION = 0x0112


def opened(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        image = Image.open(io.BytesIO(file.read()))
        image.load()
        return image


def colour(image: Image.Image, at: tuple[int, int]) -> tuple[int, int, int]:
    return cast("tuple[int, int, int]", image.getpixel(at))


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((40, 30), [40]),
        ((320, 240), [160, 320]),
        ((700, 500), [160, 320, 700]),
        ((1300, 10), [160, 320, 640, 1300]),
        ((1920, 1080), [160, 320, 640, 1280, 1920]),
        ((4000, 3001), [160, 320, 640, 1280, 1920]),
        ((900, 2700), [160, 320, 640, 900]),
    ],
)
def test_every_size_up_to_its_own_is_made_and_none_is_enlarged(
    size: tuple[int, int], widths: list[int]
) -> None:
    photo = uploaded(encoded(halves(size)))
    make_sizes(photo_id=photo.pk)
    photo.refresh_from_db()
    assert photo.widths == widths
    assert not PhotoOriginal.objects.exists()
    full_width, full_height = photo.width, photo.height
    assert (full_width, full_height) == (widths[-1], round(size[1] * widths[-1] / size[0]))
    assert photo.image.name == photo.sizes()[-1].jpeg
    for each in photo.sizes():
        for name, kind in ((each.jpeg, "JPEG"), (each.webp, "WEBP")):
            kept = opened(name)
            assert (kept.format, kept.size) == (kind, (each.width, each.height))
            assert not kept.getexif()


@pytest.mark.django_db(transaction=True)
def test_a_small_picture_is_there_before_any_worker_is(media: Path) -> None:
    photo = uploaded(encoded(halves((4000, 3000))))
    assert (photo.widths, photo.width, photo.height) == ([160, 320, 640], 640, 480)
    assert files_in(media) == files_shown()
    red, _, blue = colour(opened(str(photo.image)), (100, 240))
    assert red > 240
    assert blue < 20


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
        (9, None),
    ],
)
def test_a_picture_stands_upright_however_the_phone_was_held(
    orientation: int, stored: Image.Transpose | None
) -> None:
    upright = halves((2400, 1800))
    upright.paste("green", (0, 0, 2400, 300))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    lying = upright if stored is None else upright.transpose(stored)
    photo = uploaded(encoded(lying, exif=exif))
    make_sizes(photo_id=photo.pk)
    photo.refresh_from_db()
    shown = opened(str(photo.image))
    assert shown.size == (1920, 1440)
    colours = [colour(shown, at) for at in ((960, 50), (200, 900), (1700, 900))]
    assert [each.index(max(each)) for each in colours] == [1, 0, 2], "green above red and blue"


def test_no_metadata_is_left_in_any_file(media: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 26.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encoded(halves(), exif=exif, comment=b"taken at home", icc_profile=profile)
    make_sizes(photo_id=uploaded(content + b"<?php system($_GET[0]); ?>").pk)
    assert len(files_in(media)) == 6 + 8, "the preview's files, and those of the original"
    for name in files_in(media):
        written = (media / name).read_bytes()
        for secret in (b"taken at home", b"php", b"Exif", b"ICC_PROFILE", b"ICCP", b"EXIF"):
            assert secret not in written


@pytest.mark.parametrize(
    ("content", "pixel"),
    [
        (encoded(Image.new("RGBA", (10, 10), (0, 0, 255, 0)), "PNG"), (255, 255, 255)),
        (encoded(Image.new("LA", (10, 10), (0, 0)), "PNG"), (255, 255, 255)),
        (encoded(Image.new("CMYK", (10, 10), (0, 0, 0, 0))), (255, 255, 255)),
        (encoded(Image.new("L", (10, 10), 0), "PNG"), (0, 0, 0)),
        (encoded(Image.new("I;16", (10, 10), 32_768), "PNG"), (128, 128, 128)),
        (encoded(Image.new("P", (10, 10), 0), "PNG"), (0, 0, 0)),
        (encoded(Image.new("1", (10, 10), 1), "PNG"), (255, 255, 255)),
        (encoded(Image.new("RGB", (10, 10), "white"), icc_profile=b"broken"), (255, 255, 255)),
        (encoded(Image.new("RGB", (10, 10), "white"), exif=b"Exif\0\0broken"), (255, 255, 255)),
    ],
    ids=range(9),
)
def test_a_picture_of_any_mode_is_shown(content: bytes, pixel: tuple[int, int, int]) -> None:
    photo = uploaded(content)
    make_sizes(photo_id=photo.pk)
    photo.refresh_from_db()
    shown = opened(str(photo.image))
    assert shown.mode == "RGB"
    assert colour(shown, (5, 5)) == pixel


def test_of_the_pictures_in_a_phones_file_the_first_is_shown() -> None:
    second = Image.new("RGB", (80, 60), "lime")
    photo = uploaded(encoded(halves(), "MPO", save_all=True, append_images=[second]))
    make_sizes(photo_id=photo.pk)
    photo.refresh_from_db()
    assert (photo.width, photo.height) == (800, 600)
    red, green, blue = colour(opened(str(photo.image)), (100, 300))
    assert (red > 240, green < 20, blue < 20) == (True, True, True)
