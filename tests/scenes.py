"""Pictures that look like photographs of cars, drawn by a number, and what others make of them."""

import io
import random
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)


def scene(number: int) -> Image.Image:
    """Return a car before a sky, houses and a yard, all with a grain as nature has it."""
    rng = random.Random(f"scene {number}")  # noqa: S311 - the same each time
    width, height = SIZE
    picture = _sky(rng)
    draw = ImageDraw.Draw(picture)
    horizon = int(height * rng.uniform(0.35, 0.6))
    draw.rectangle((0, horizon, width, height), fill=_colour(rng, 50, 150))
    for _ in range(rng.randrange(2, 7)):
        left, wide, high = rng.randrange(width), rng.randrange(80, 500), rng.randrange(60, 400)
        draw.rectangle((left, horizon - high, left + wide, horizon), fill=_colour(rng, 30, 230))
    _draw_car(draw, rng)
    return Image.blend(picture, _grain(rng), rng.uniform(0.15, 0.3))


def booth(paint: str, plate: str) -> Image.Image:
    """Return a car of a dealer who takes each at one place: the plate alone tells them apart."""
    picture = scene(1)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((150, 430, 1130, 760), 90, fill=paint)
    draw.rectangle((540, 660, 740, 705), fill="white")
    draw.text((560, 665), plate, fill="black", font_size=30)
    return picture


def notice(text: str) -> Image.Image:
    """Return what stands where a dealer has no photo yet."""
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((540, 150, 740, 350), fill="navy")
    draw.text((250, 450), text, fill="black", font_size=90)
    return picture


def copies(picture: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Yield a picture as other systems keep it: saved anew, and resized."""
    width, height = picture.size
    yield "JPEG 90", saved(picture, quality=90)
    yield "JPEG 60", saved(picture, quality=60)
    yield "WebP 75", saved(picture, "WEBP", quality=75)
    for side, way in ((640, Image.Resampling.LANCZOS), (1024, Image.Resampling.BICUBIC)):
        yield f"{side} pixels", saved(picture.resize((side, side * height // width), way))


def cropped(picture: Image.Image, share: float) -> bytes:
    """Return a picture without this share of each side."""
    wide, high = (round(side * share) for side in picture.size)
    return saved(picture.crop((wide, high, picture.width - wide, picture.height - high)))


def saved(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 80} | options))
    return out.getvalue()


def _sky(rng: random.Random) -> Image.Image:
    shade = Image.linear_gradient("L").resize(SIZE)
    if rng.random() < 0.5:
        shade = shade.rotate(180)
    light, dark = (Image.new("RGB", SIZE, _colour(rng, *span)) for span in ((170, 250), (90, 190)))
    return Image.composite(light, dark, shade)


def _draw_car(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    middle, ground = rng.randrange(400, 880), rng.randrange(620, 800)
    half, high = rng.randrange(250, 420), rng.randrange(140, 230)
    paint = _colour(rng, 10, 240)
    roof = [(-0.6, 0), (-0.35, -0.8), (0.4, -0.8), (0.65, 0)]
    draw.polygon([(middle + x * half, ground - high * (1 - y)) for x, y in roof], fill="#334")
    draw.rounded_rectangle((middle - half, ground - high, middle + half, ground), 40, fill=paint)
    for side in (-0.6, 0.6):
        x = middle + side * half
        draw.ellipse((x - 60, ground - 70, x + 60, ground + 50), fill="#111")


def _grain(rng: random.Random) -> Image.Image:
    """Return noise of all sizes, the coarse the strongest."""
    grain = Image.new("L", SIZE, 128)
    for cells in (6, 12, 24, 48, 96, 192, 384):
        high = cells * 3 // 4
        noise = Image.frombytes("L", (cells, high), rng.randbytes(cells * high))
        grain = Image.blend(grain, noise.resize(SIZE, Image.Resampling.BICUBIC), 0.3)
    return grain.filter(ImageFilter.GaussianBlur(1)).convert("RGB")


def _colour(rng: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return (rng.randrange(low, high), rng.randrange(low, high), rng.randrange(low, high))
