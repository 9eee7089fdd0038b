"""What is a photograph: decided by decoding, and turned into nothing but upright sRGB pixels."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from pi_heif import register_heif_opener
from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from listings.exceptions import InvalidListing, PictureTooLarge
from listings.photos.budget import Budget

UPLOAD_BYTES_MAX = 20 * 1024 * 1024
PIXELS_MAX = 50_000_000
SIDE_MAX = 16_000  # what WebP can hold
DECODED_BYTES_MAX = 256 * 1024**2
"""What decoding one picture may take, and all that a process decodes at once."""
PREVIEW_WIDTH = 640

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_SCANS_MAX = 100  # a progressive JPEG has a dozen; each costs the time of decoding the whole
_SCANNED_PIXELS_MAX = 600_000_000  # a dozen scans of the largest picture
_TALL = 3  # times the width that is wanted: what is taller is made narrower
_BAND_PIXELS = 2_000_000
_WEBP_COPIES = 4  # the decoder's two canvases, its answer and the picture made of it
_HEIC_COPIES = 2  # the decoder's answer and the picture made of it
_COEFFICIENT_BYTES = 2
_SCAN = b"\xff\xda"
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
    """Return an upload that is a JPEG, PNG, WebP or HEIC photograph, decoded no larger than needed.

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

    Raises `InvalidListing`, and `PhotosBusy` where this process decodes as much as it may. All of
    the file is read whatever the width: what is cut off is refused.
    """
    with _opened(content) as picture:
        whole = picture.size
        if isinstance(picture, JpegImageFile):
            scaled = _scaled(whole, _shrink(_upright(whole, _orientation(picture)), width_max))
            picture.draft(None, scaled)
        factor = _factor(picture.size, _scaled(whole, _shrink(whole, width_max)))
        with _budget.taken(_decoded_bytes(picture, whole, factor, content)):
            turn = _orientation(picture)  # of a PNG it may stand behind the pixels
            flat = _in_srgb(_flat(picture, factor), picture.info.get("icc_profile"))
        if turn in _UPRIGHT:
            flat = flat.transpose(_UPRIGHT[turn])
        upright = _upright(whole, turn)
        if (shrink := _shrink(upright, width_max)) < 1:
            flat = flat.resize(_scaled(upright, shrink), Image.Resampling.LANCZOS)
        flat.info.clear()
        return flat


def refused(message: str) -> InvalidListing:
    return InvalidListing(message, fields={"photos": [message]})


@contextmanager
def _opened(content: bytes) -> Iterator[ImageFile]:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            _refuse_by_header(picture, content)
            yield picture
    except UnidentifiedImageError:
        raise refused("This is not a JPEG, PNG, WebP or HEIC picture.") from None
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
    is_of_phone = is_jpeg or picture.format == "HEIF"  # several shots: the first one counts
    if not is_of_phone and getattr(picture, "n_frames", 1) > 1:
        raise refused("A photo may not move.")
    scans = content.count(_SCAN) if is_jpeg else 1
    if scans > _SCANS_MAX:
        raise refused("This picture is broken or cut off.")
    if scans > 1 and scans * width * height > _SCANNED_PIXELS_MAX:
        raise _too_large()


def _decoded_bytes(picture: ImageFile, whole: tuple[int, int], factor: int, content: bytes) -> int:
    """Return what decoding takes, as far as the header tells; raises `PictureTooLarge`.

    Pillow keeps a pixel in four bytes. A JPEG of several scans is held as coefficients besides.
    """
    width, height = picture.size
    amount = width * height * max(4, _bytes_of_a_pixel(picture))
    if picture.format == "WEBP":
        amount *= _WEBP_COPIES
    elif picture.format == "HEIF":
        amount *= _HEIC_COPIES
    elif isinstance(picture, JpegImageFile) and content.count(_SCAN) > 1:
        amount += _coefficient_bytes(picture, whole)
    amount += width * height * 4 // factor**2
    if amount > DECODED_BYTES_MAX:
        raise _too_large()
    return amount


def _bytes_of_a_pixel(picture: ImageFile) -> int:
    is_deep = any("16" in str(tile[3]) for tile in picture.tile)
    return len(picture.getbands()) * (2 if is_deep else 1)


def _coefficient_bytes(picture: JpegImageFile, size: tuple[int, int]) -> int:
    """Return the memory of a JPEG's coefficients, which no draft makes fewer."""
    wide, high = max(layer[1] for layer in picture.layer), max(layer[2] for layer in picture.layer)
    whole = sum(layer[1] * layer[2] for layer in picture.layer) / (wide * high)
    return int(size[0] * size[1] * whole * _COEFFICIENT_BYTES)


def _too_many_pixels() -> InvalidListing:
    return refused(f"A photo may have at most {PIXELS_MAX // 1_000_000} million pixels.")


def _too_large() -> PictureTooLarge:
    message = "This picture takes too much to decode: send it smaller, or as an ordinary JPEG."
    return PictureTooLarge(message, fields={"photos": [message]})


def _orientation(picture: Image.Image) -> int:
    with suppress(*_BROKEN):
        return int(picture.getexif().get(_ORIENTATION, 1))
    return 1


def _upright(size: tuple[int, int], turn: int) -> tuple[int, int]:
    width, height = size
    return (height, width) if turn >= 5 and turn in _UPRIGHT else (width, height)


def _shrink(size: tuple[int, int], width_max: int) -> float:
    width, height = size
    return min(1.0, width_max / width, _TALL * width_max / height)


def _factor(size: tuple[int, int], wanted: tuple[int, int]) -> int:
    """Return by how much pixels may be made fewer before they are resized with care."""
    return max(1, min(size[0] // (2 * wanted[0]), size[1] // (2 * wanted[1])))


def _scaled(size: tuple[int, int], by: float) -> tuple[int, int]:
    width, height = size
    return (max(1, round(width * by)), max(1, round(height * by)))


def _flat(picture: Image.Image, factor: int) -> Image.Image:
    """Return the pixels without transparency, fewer by a whole factor.

    They are taken a band at a time: only the decoded picture itself is ever there as a whole.
    """
    width, height = picture.size
    rows = max(1, _BAND_PIXELS // (width * factor)) * factor
    flat = None
    for top in range(0, height, rows):
        band = _opaque(picture.crop((0, top, width, min(top + rows, height))))
        band = band.reduce(factor) if factor > 1 else band
        if flat is None:
            flat = Image.new(band.mode, (-(-width // factor), -(-height // factor)))
        flat.paste(band, (0, top // factor))
    return flat or picture


def _in_srgb(flat: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and flat.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, *_BROKEN):
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(flat, given, _SRGB, outputMode="RGB")
            if converted is not None:
                return converted
    return flat if flat.mode == "RGB" else flat.convert("RGB")


def _opaque(band: Image.Image) -> Image.Image:
    """Return pixels on white where they are transparent."""
    if band.mode.startswith("I"):  # 16 bits of grey
        return band.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if not band.has_transparency_data:
        palettes = {"P": "RGB", "1": "L"}
        return band.convert(palettes[band.mode]) if band.mode in palettes else band
    layered = band.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    ground.alpha_composite(layered)
    return ground.convert("RGB")


register_heif_opener(thumbnails=False)
_SRGB = ImageCms.createProfile("sRGB")
_budget = Budget(DECODED_BYTES_MAX)
