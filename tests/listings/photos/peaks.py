"""Decodes hostile pictures, each in a process of its own, and prints what that took as JSON.

Pictures are made in other processes than they are decoded in: memory that a process has freed would
not count again.
"""

import io
import json
import os
import resource
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from struct import pack

import django
from PIL import Image, ImageCms

_ZEROES = zlib.compress(bytes(100 * 1024**2), 1)


def _png(size: tuple[int, int], depth: int, colour: int, *extra: tuple[bytes, bytes]) -> bytes:
    """Return a black PNG of a few kilobytes, however large it says it is."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = bytes(1 + -(-size[0] * channels * depth // 8))
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(size[1])) + packer.flush()
    header = chunk(b"IHDR", pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    rest = b"".join(chunk(*each) for each in extra)
    body = chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + rest + body


def _saved(mode: str, size: tuple[int, int], kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def _bomb(kind: bytes, before: bytes) -> tuple[bytes, bytes]:
    """Return a chunk of text that unpacks to 100 MB."""
    return kind, before + _ZEROES


def _scanned(times: int) -> bytes:
    """Return a progressive JPEG whose scans are repeated."""
    plain = _saved("RGB", (5_000, 5_000), "JPEG", progressive=True)
    start = plain.rindex(b"\xff\xda")
    return plain[:-2] + plain[start:-2] * times + b"\xff\xd9"


_other = Image.new("RGB", (4_000, 3_000), "red")

PICTURES: dict[str, Callable[[], bytes]] = {
    "png of 16 bits": lambda: _png((16_000, 3_000), 16, 6),
    "png of 16 bits that may be": lambda: _png((5_000, 4_000), 16, 6),
    "png of 8 bits": lambda: _png((12_500, 4_000), 8, 6),
    "tall png": lambda: _png((1_900, 16_000), 8, 6),
    "png of grey": lambda: _png((12_500, 4_000), 16, 0),
    "png of a bit": lambda: _png((12_500, 4_000), 1, 0),
    "png of text": lambda: _png((40, 30), 8, 2, *[_bomb(b"zTXt", b"a\0\0")] * 3),
    "png of more text": lambda: _png((40, 30), 8, 2, _bomb(b"iTXt", b"a\0\1\0\0\0")),
    "png of a profile": lambda: _png((40, 30), 8, 2, _bomb(b"iCCP", b"a\0\0")),
    "jpeg": lambda: _saved("RGB", (12_500, 4_000), "JPEG"),
    "progressive jpeg": lambda: _saved("RGB", (10_000, 3_000), "JPEG", progressive=True),
    "progressive jpeg of cmyk": lambda: _saved(
        "CMYK", (12_500, 4_000), "JPEG", progressive=True, subsampling=0
    ),
    "jpeg of cmyk": lambda: _saved("CMYK", (12_500, 4_000), "JPEG"),
    "jpeg of many scans": lambda: _scanned(60),
    "jpeg of a profile": lambda: _saved(
        "RGB", (8_000, 6_000), "JPEG", icc_profile=_profile() + bytes(8 * 1024**2)
    ),
    "webp": lambda: _saved("RGB", (16_000, 3_000), "WEBP"),
    "webp that may be": lambda: _saved("RGB", (4_032, 3_024), "WEBP"),
    "webp that moves": lambda: _saved(
        "RGB", (4_000, 3_000), "WEBP", save_all=True, append_images=[_other]
    ),
    "png that moves": lambda: _saved(
        "RGB", (4_000, 3_000), "PNG", save_all=True, append_images=[_other]
    ),
    "gif": lambda: _saved("P", (4_000, 3_000), "GIF"),
    "tiff": lambda: _saved("RGB", (4_000, 3_000), "TIFF", compression="tiff_lzw"),
}


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _peaks() -> Iterator[tuple[str, dict[str, object]]]:
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, made) in enumerate(PICTURES.items()):
            picture, told = Path(folder, f"{number}.picture"), Path(folder, f"{number}.json")
            _in_a_fork(partial(_make, made, picture))
            _in_a_fork(partial(_tell, picture, told))
            yield name, json.loads(told.read_text())


def _make(made: Callable[[], bytes], picture: Path) -> None:
    picture.write_bytes(made())


def _tell(picture: Path, told: Path) -> None:
    told.write_text(json.dumps(_decoded(picture)))


def _in_a_fork(work: Callable[[], object]) -> None:
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("a picture was not made, or not decoded")


def _decoded(path: Path) -> dict[str, object]:
    from listings.exceptions import InvalidListing  # noqa: PLC0415 - it needs settings
    from listings.photos.files import WIDTH_MAX  # noqa: PLC0415
    from listings.photos.pictures import decoded  # noqa: PLC0415

    content = path.read_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        said: object = decoded(content, width_max=WIDTH_MAX).size
    except InvalidListing as refusal:
        said = refusal.message
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "bytes": len(content),
        "said": said,
        "megabytes": (after.ru_maxrss - before) // 1024,
        "seconds": round(after.ru_utime + after.ru_stime, 1),
    }


if __name__ == "__main__":
    django.setup()
    import listings.photos  # noqa: F401 - loaded once, before the forks

    json.dump(dict(_peaks()), sys.stdout)
