"""Drawn photographs: a car's outline in its colour on a forecourt."""

from functools import cache
from io import BytesIO
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageColor, ImageDraw

from listings.choices import BodyType, Colour

SIZE = (960, 640)
_SCALE = 2  # drawn larger and shrunk, for smooth edges

Points = tuple[tuple[int, int], ...]


class Outline(NamedTuple):
    """A body and its windows, in the picture's pixels."""

    body: Points
    windows: tuple[Points, ...]


_HATCHBACK = Outline(
    (
        (150, 440),
        (152, 372),
        (186, 338),
        (300, 322),
        (386, 236),
        (420, 222),
        (660, 222),
        (752, 262),
        (806, 330),
        (818, 440),
    ),
    (
        ((330, 322), (404, 246), (520, 242), (520, 322)),
        ((538, 242), (656, 242), (744, 322), (538, 322)),
    ),
)
_SALOON = Outline(
    (
        (120, 440),
        (124, 378),
        (160, 348),
        (300, 330),
        (392, 250),
        (430, 238),
        (600, 238),
        (700, 318),
        (836, 336),
        (850, 440),
    ),
    (
        ((336, 330), (412, 262), (510, 258), (510, 330)),
        ((526, 258), (592, 258), (668, 326), (526, 330)),
    ),
)
_ESTATE = Outline(
    (
        (120, 440),
        (124, 378),
        (160, 348),
        (300, 330),
        (392, 246),
        (430, 234),
        (770, 234),
        (836, 336),
        (850, 440),
    ),
    (
        ((336, 330), (412, 258), (510, 254), (510, 330)),
        ((526, 254), (752, 254), (796, 326), (526, 330)),
    ),
)
_SUV = Outline(
    (
        (128, 440),
        (128, 330),
        (170, 296),
        (300, 284),
        (380, 192),
        (416, 178),
        (740, 178),
        (806, 288),
        (836, 310),
        (840, 440),
    ),
    (
        ((330, 284), (398, 202), (510, 198), (510, 284)),
        ((528, 198), (726, 198), (776, 284), (528, 284)),
    ),
)
_COUPE = Outline(
    (
        (120, 440),
        (124, 386),
        (170, 358),
        (320, 340),
        (430, 266),
        (480, 256),
        (600, 262),
        (740, 330),
        (836, 350),
        (848, 440),
    ),
    (
        ((364, 340), (444, 280), (540, 276), (540, 340)),
        ((556, 276), (600, 280), (690, 334), (556, 340)),
    ),
)
_CONVERTIBLE = Outline(
    (
        (120, 440),
        (124, 386),
        (170, 358),
        (340, 344),
        (410, 290),
        (420, 292),
        (380, 346),
        (660, 346),
        (836, 352),
        (848, 440),
    ),
    (),
)
_VAN = Outline(
    (
        (128, 440),
        (128, 340),
        (160, 300),
        (240, 284),
        (310, 176),
        (350, 158),
        (830, 158),
        (846, 190),
        (848, 440),
    ),
    (((274, 284), (326, 190), (420, 186), (420, 284)),),
)
_OUTLINES = {
    BodyType.SALOON: _SALOON,
    BodyType.ESTATE: _ESTATE,
    BodyType.SUV: _SUV,
    BodyType.MPV: _SUV,
    BodyType.COUPE: _COUPE,
    BodyType.CONVERTIBLE: _CONVERTIBLE,
    BodyType.VAN: _VAN,
}
_PAINTS = {
    Colour.BLACK: "#23262b",
    Colour.GREY: "#6d737b",
    Colour.WHITE: "#f2f3f4",
    Colour.BLUE: "#23508f",
    Colour.SILVER: "#b9bec4",
    Colour.RED: "#b3202a",
    Colour.GREEN: "#2f5d46",
    Colour.ORANGE: "#d9722e",
    Colour.YELLOW: "#e3b92b",
}


def store_picture(body: str, colour: str) -> str:
    """Return the name of the stored picture of a body in a colour, drawn if it is not there yet."""
    name = f"demo/{body}-{colour}.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(_draw(BodyType(body), Colour(colour))))
    return name


def _draw(body: BodyType, colour: Colour) -> bytes:
    width, height = (side * _SCALE for side in SIZE)
    image = _backdrop(width, height).copy()
    pen = ImageDraw.Draw(image)
    outline = _OUTLINES.get(body, _HATCHBACK)
    paint = ImageColor.getrgb(_PAINTS[colour])
    pen.ellipse(_scaled(((110, 462), (860, 512))), fill="#3c4046")
    pen.polygon(_scaled(outline.body), fill=paint)
    pen.polygon(_scaled(((150, 400), (830, 400), (840, 440), (140, 440))), fill=_darker(paint))
    for window in outline.windows:
        pen.polygon(_scaled(window), fill="#1d2a36")
    pen.rectangle(_scaled(((130, 366), (168, 386))), fill="#fff6d8")
    pen.rectangle(_scaled(((812, 366), (840, 386))), fill="#a3121c")
    for centre in (270, 710):
        _wheel(pen, centre)
    out = BytesIO()
    image.reduce(_SCALE).save(out, "JPEG", quality=82)
    return out.getvalue()


@cache
def _backdrop(width: int, height: int) -> Image.Image:
    """Return an evening sky above a forecourt."""
    sky = Image.linear_gradient("L").resize((width, height))
    image = Image.composite(
        Image.new("RGB", (width, height), "#f0d9c0"),
        Image.new("RGB", (width, height), "#7fa3c7"),
        sky,
    )
    ImageDraw.Draw(image).rectangle((0, height * 2 // 3, width, height), fill="#565b61")
    return image


def _wheel(pen: ImageDraw.ImageDraw, centre: int) -> None:
    for radius, fill in ((66, "#2a2d31"), (60, "#141517"), (40, "#c4c8cc"), (32, "#83888e")):
        pen.ellipse(
            _scaled(((centre - radius, 436 - radius), (centre + radius, 436 + radius))), fill=fill
        )


def _scaled(points: Points) -> list[tuple[int, int]]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def _darker(paint: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(part * 4 // 5 for part in paint)
