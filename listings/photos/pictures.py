"""What is a photograph: decided by decoding, and turned into nothing but upright sRGB pixels."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms, UnidentifiedImageError

from listings.exceptions import InvalidListing

UPLOAD_BYTES_MAX = 20 * 1024 * 1024
PIXELS_MAX = 50_000_000
SIDE_MAX = 16_000  # what WebP can hold
PREVIEW_WIDTH = 640

_FORMATS = ("JPEG", "PNG", "WEBP")
_SCANS_MAX = 100  # a progressive JPEG has a dozen; each costs the time of decoding the whole
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (
    OSError,
    SyntaxError,  # Pillow's own for a broken PNG
    ValueError,
    TypeError,  # from a broken EXIF block, as the next
    struct.error,
    EOFError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """An upload that is a photograph: as it came, and small, upright and bare."""

    content: bytes
    preview: Image.Image


def check_picture(upload: BinaryIO) -> CheckedPicture:
    """Return an upload that is a JPEG, PNG or WebP photograph, decoded no larger than needed.

    Raises `InvalidListing`, which says why, for what is anything else, is broken, moves, or is
    larger than `UPLOAD_BYTES_MAX` bytes or `PIXELS_MAX` pixels.
    """
    upload.seek(0)
    content = upload.read(UPLOAD_BYTES_MAX + 1)
    if len(content) > UPLOAD_BYTES_MAX:
        raise refused(f"A photo may have at most {UPLOAD_BYTES_MAX // 1024**2} MB.")
    return CheckedPicture(content, decoded(content, width_max=PREVIEW_WIDTH))


def decoded(content: bytes, *, width_max: int) -> Image.Image:
    """Return a photograph upright, in sRGB, without metadata and at most so many pixels wide.

    Raises `InvalidListing`. The whole file is read whatever the width: what is cut off is refused.
    """
    with _opened(content) as picture:
        turn = _orientation(picture)
        width, height = _upright_size(picture, turn)
        shrink = min(1.0, width_max / width)
        picture.draft(None, _scaled(picture.size, shrink))
        flat = _in_srgb(picture)
        if turn in _UPRIGHT:
            flat = flat.transpose(_UPRIGHT[turn])
        if shrink < 1:
            flat = flat.resize(_scaled((width, height), shrink), Image.Resampling.LANCZOS)
        flat.info.clear()
        return flat


def refused(message: str) -> InvalidListing:
    return InvalidListing(message, fields={"photos": [message]})


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            _refuse_by_header(picture, content)
            yield picture
    except UnidentifiedImageError:
        raise refused("This is not a JPEG, PNG or WebP picture.") from None
    except _BOMBS:
        raise _too_many_pixels() from None
    except _BROKEN:
        raise refused("This picture is broken or cut off.") from None


def _refuse_by_header(picture: Image.Image, content: bytes) -> None:
    width, height = picture.size
    if width * height > PIXELS_MAX:
        raise _too_many_pixels()
    if max(width, height) > SIDE_MAX:
        raise refused(f"A photo may be at most {SIDE_MAX:,} pixels wide and high.")
    is_jpeg = picture.format in ("JPEG", "MPO")  # MPO: two JPEGs of a phone
    if not is_jpeg and getattr(picture, "n_frames", 1) > 1:
        raise refused("A photo may not move.")
    if is_jpeg and content.count(b"\xff\xda") > _SCANS_MAX:
        raise refused("This picture is broken or cut off.")


def _too_many_pixels() -> InvalidListing:
    return refused(f"A photo may have at most {PIXELS_MAX // 1_000_000} million pixels.")


def _orientation(picture: Image.Image) -> int:
    with suppress(*_BROKEN):
        return int(picture.getexif().get(_ORIENTATION, 1))
    return 1


def _upright_size(picture: Image.Image, turn: int) -> tuple[int, int]:
    width, height = picture.size
    return (height, width) if turn >= 5 and turn in _UPRIGHT else (width, height)


def _scaled(size: tuple[int, int], by: float) -> tuple[int, int]:
    width, height = size
    return (max(1, round(width * by)), max(1, round(height * by)))


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return the pixels as RGB, on white where they are transparent."""
    profile = picture.info.get("icc_profile")
    flat = _opaque(picture)
    if profile and flat.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, *_BROKEN):
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(flat, given, _SRGB, outputMode="RGB")
            if converted is not None:
                return converted
    return flat if flat.mode == "RGB" else flat.convert("RGB")


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if not picture.has_transparency_data:
        picture.load()
        return picture.convert("RGB") if picture.mode == "P" else picture.copy()
    layered = picture.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    ground.alpha_composite(layered)
    return ground.convert("RGB")


_SRGB = ImageCms.createProfile("sRGB")
