"""Files of stock as a dealer's system writes them: twenty columns, marks, derivatives, texts."""

import csv
from collections.abc import Iterator
from pathlib import Path

COLUMNS = (
    "stock_ref",
    "vrm",
    "make",
    "model",
    "derivative",
    "year",
    "price",
    "mileage",
    "fuel",
    "transmission",
    "doors",
    "seats",
    "body_type",
    "colour",
    "engine_cc",
    "owners",
    "service_history",
    "mot_expires_on",
    "description",
    "photos",
)
CHANGED_EVERY = 20
PHOTOS = 10

_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
_FUELS = ("Petrol", "Diesel", "Petrol", "Hybrid", "DIESEL", "Petrol/Electric Hybrid")
_ENGINES = (("1.0 TSI", 999), ("1.5 TDCi", 1499), ("2.0 TDI", 1968), ("1.2 PureTech", 1199))
_TRIMS = ("SE", "SE L", "Sport", "R-Line", "Titanium X", "Zetec", "S Line Black Edition", "M Sport")
_BODIES = ("5 Dr Hatch", "SUV", "Estate", "Saloon", "Hatchback")
_COLOURS = ("Deep Black Pearl", "blue", "Candy White", "Grey", "SILVER", "Red")
_WORDS = (
    "One owner from new with a full service history",
    "Two keys and a fresh MOT",
    "Drives superbly and looks even better",
    "Heated seats, cruise control, parking sensors and a reversing camera",
    "HPI clear and ready to drive away today",
    "Part exchange welcome",
    "Finance available, subject to status",
)


def write(path: Path, count: int, *, changed: bool = False, with_photos: bool = False) -> None:
    """Write a CSV of so many cars."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count, changed=changed, with_photos=with_photos))


def rows(
    count: int, *, changed: bool = False, with_photos: bool = False
) -> Iterator[tuple[object, ...]]:
    """Yield so many cars, by `COLUMNS`; `changed` gives every twentieth another price."""
    for n in range(count):
        age = n % 13
        size, cc = _ENGINES[n % 4]
        is_automatic = n % 5 < 2
        price = 2_995 + 13 * (n % 2_500) + (100 if changed and n % CHANGED_EVERY == 0 else 0)
        base = f"https://photos.example.com/stock/{n}/"
        yield (
            f"ST{n:07}",
            _mark(n, 12 + age),
            f"Make {1 + n % 60}",
            f"Model {1 + n % 10}",
            f"{size} {80 + 10 * (n % 17)} {_TRIMS[n % 8]} {3 + 2 * (n % 2)}dr"
            + (" Auto" if is_automatic else ""),
            2012 + age,
            f"£{price:,}",
            f"{900 + (7_919 * n) % 120_000:,} miles",
            _FUELS[n % 6],
            "Automatic" if is_automatic else "Manual",
            3 + 2 * (n % 2),
            5,
            _BODIES[n % 5],
            _COLOURS[n % 6],
            f"{cc}CC",
            1 + n % 4,
            ("Full", "Part", "")[n % 3],
            f"{1 + n % 28:02}/{1 + n % 12:02}/2027",
            ". ".join(_WORDS[(n + each) % 7] for each in range(3 + n % 5)) + ".",
            "|".join(f"{base}{each}.jpg" for each in range(PHOTOS)) if with_photos else "",
        )


def _mark(n: int, age: int) -> str:
    letters = ""
    for _ in range(5):
        n, place = divmod(n, len(_LETTERS))
        letters += _LETTERS[place]
    return f"{letters[:2]}{age}{letters[2:]}"
