"""Whatever narrows a search is a chip in plain words: no value or name as the address has it."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from listings.api.parameters import written
from listings.search.criteria import FIELDS
from listings.search.fields import (
    AllOf,
    Choice,
    Days,
    FilterField,
    Flag,
    Numbers,
    Origin,
    Radius,
    RangeField,
    Slugs,
    Wishes,
    Words,
)
from tests import make

pytestmark = pytest.mark.django_db
CHIP = re.compile(r'aria-label="Remove ([^"]+)"')
NAMES = {"make": "Land Rover", "model": "Range Rover", "dealer": "Harbour Cars"}
SLUGS = {"make": "land-rover", "model": "range-rover", "dealer": "harbour-cars"}
PLACES = {"LS1 4AP": "LS1", "le": "Leicester", "ashford surrey": "Ashford, Surrey"}
RAW = re.compile(r"[a-z0-9]+_[a-z0-9]+|[a-z]+-[a-z]+=|\b(?:true|false|null|none|None)\b|\d+\.\d{4}")


def searches(name: str, field: FilterField) -> Iterator[dict[str, Any]]:
    """Yield searches by a field: by each of its values, several of them, and its ends."""
    match field:
        case RangeField():
            low, high = max(field.low, 1), min(field.high, 2_000)
            yield from ({f"{name}_min": low}, {f"{name}_max": low}, {f"{name}_min": high})
            yield from ({f"{name}_max": field.low}, {f"{name}_min": field.low})
            yield from ({f"{name}_min": end, f"{name}_max": high} for end in (low, high))
        case Choice() | AllOf():
            yield from ({name: [value]} for value in field.values)
            yield {name: list(field.values[:2])}
            yield {name: list(field.values[:-1])}
            yield {name: list(field.values)[:50]}
        case Numbers():
            ends = (field.low, field.high)
            yield from ({name: [value]} for value in (*ends, *filter(None, [field.absent])))
        case Slugs():
            yield {name: [SLUGS[name]]}
        case Flag():
            yield from ({name: value} for value in (True, False))
        case Days() | Radius():
            beside = {"near": "Leeds"} if isinstance(field, Radius) else {}
            yield from ({name: value, **beside} for value in (1, 7, field.high))
        case Origin():
            yield from ({name: place} for place in (*PLACES, "53.8,-1.55", "-33.9,18.4"))
        case Words() | Wishes():
            yield {name: ["vogue"]}
        case _:
            raise TypeError(field)


@pytest.mark.parametrize("name", list(FIELDS))
def test_every_filter_is_a_chip_in_plain_words(client: Client, name: str) -> None:
    dealer = make.dealer("Harbour Cars", slug="harbour-cars")
    make.live(branch=make.branch(dealer))
    for asked in searches(name, FIELDS[name]):
        page = client.get(f"/cars/?{written(asked)}", follow=True).content.decode()
        chips = [unescape(each) for each in CHIP.findall(page)]
        assert chips, asked
        for chip in chips:
            assert not RAW.search(chip), (chip, asked)
            assert chip not in {"", "Not "}, asked
            assert not re.match(rf"{name}\\b *[:=]", chip), chip
            is_own = name == "prefer"  # the buyer's own words
            assert is_own or chip[0].isupper() or chip[0] in "“£0123456789", chip


@pytest.mark.parametrize("name", list(NAMES))
def test_a_slug_is_told_by_its_name(client: Client, name: str) -> None:
    make.live(branch=make.branch(make.dealer("Harbour Cars", slug="harbour-cars")))
    page = client.get(f"/cars/?{name}={SLUGS[name]}").content.decode()
    assert CHIP.findall(page) == [NAMES[name]]


@pytest.mark.parametrize(
    ("query", "chips"),
    [
        ("near=LS1&within_miles=50", ["Near LS1", "Within 50 miles"]),
        ("near=53.8000,-1.5500", ["Near 53.80° N, 1.55° W"]),
        ("near=LE", ["Near Leicester"]),
        ("price_max=10000", ["Up to £10,000"]),
        ("price_max=5000&price_min=5000", ["Exactly £5,000"]),
        ("owners_max=0", ["No previous owner"]),
        ("mileage_max=1", ["Up to 1 mile"]),
        (
            "fuel=diesel,electric,hybrid,hydrogen,lpg,petrol,plug_in_hybrid",
            ["Any fuel that is known"],
        ),
        ("near=Leeds&within_miles=1000", ["Near Leeds", "Within 1,000 miles"]),
    ],
)
def test_chips_read_as_people_say_it(client: Client, query: str, chips: list[str]) -> None:
    page = client.get(f"/cars/?{query}").content.decode()
    assert [unescape(each) for each in CHIP.findall(page)] == chips
