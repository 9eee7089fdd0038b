"""The samples that docs/feeds.md shows to suppliers are read as it says."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest

from dealers.feeds.cells import StagedCar, read_car
from dealers.feeds.columns import ColumnMapper, suggest
from dealers.feeds.files import FeedFormat, preview, read_rows
from tests.dealers.feeds.feed_files import workbook, zipped

PAGE = Path(__file__).parents[3] / "docs" / "feeds.md"
SAMPLES = [
    sample.encode()
    for sample in re.findall(r"```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
]
PAIR = zipped({"cars.csv": SAMPLES[2], "dealers.csv": SAMPLES[3]})
WORKBOOK = workbook({"Stock": list(csv.reader(io.StringIO(SAMPLES[0].decode())))})


def cars(content: bytes) -> list[StagedCar]:
    stream = io.BytesIO(content)
    mapper = ColumnMapper(suggest(preview(stream).headers).mapping())
    return [
        read_car(mapper.apply(row.cells)[0], today=date(2026, 3, 1)) for row in read_rows(stream)
    ]


@pytest.mark.parametrize(
    ("content", "preset", "format_", "photos"),
    [
        (SAMPLES[0], "generic", FeedFormat.CSV, 2),
        (SAMPLES[1], "auto_trader", FeedFormat.CSV, 2),
        (PAIR, "dms14", FeedFormat.CSV, 2),
        (WORKBOOK, "generic", FeedFormat.CSV, 2),
        (SAMPLES[4], "google_vehicles", FeedFormat.XML, 3),
        (SAMPLES[5], "meta_automotive", FeedFormat.CSV, 2),
        (SAMPLES[6], "generic", FeedFormat.JSON, 2),
        (SAMPLES[7], "generic", FeedFormat.JSON_LINES, 0),
        (SAMPLES[8], "generic", FeedFormat.XML, 2),
    ],
)
def test_every_sample_is_the_same_focus(
    content: bytes, preset: str, format_: FeedFormat, photos: int
) -> None:
    beginning = preview(io.BytesIO(content))
    suggestion = suggest(beginning.headers)
    assert (beginning.format, suggestion.preset, suggestion.unsure) == (format_, preset, ())
    focus = cars(content)[0]
    stated = [focus.values[name] for name in ("year", "mileage", "price")]
    assert [focus.make, focus.model, *stated] == ["Ford", "Focus", 2017, 41000, 9995]
    assert {"stock_ref", "vrm"} & focus.values.keys()
    assert (len(focus.photos or ()), focus.missing, focus.errors) == (photos, (), [])
    assert not any("{" in url for url in focus.photos or ())


def test_the_second_car_has_its_price_on_application() -> None:
    for sample in (SAMPLES[0], SAMPLES[7]):
        discovery = cars(sample)[1]
        assert (discovery.values["vrm"], discovery.values["price"]) == ("CD68EFG", None)
    assert cars(SAMPLES[0])[1].values["colour"] == "black"
    assert cars(SAMPLES[0])[1].values["transmission"] == "automatic"


def test_the_pair_says_which_dealer_a_car_belongs_to() -> None:
    row = next(read_rows(io.BytesIO(PAIR)))
    assert row.cells["Dealer_Name"] == "Smith Cars"
    assert cars(PAIR)[0].branch_ref == "77"
    assert cars(PAIR)[0].values["description"] == "Two owners, £20 tax."


def test_meta_says_kilometres_and_sold_cars() -> None:
    focus = cars(SAMPLES[5])[0]
    assert [warning.code for warning in focus.warnings] == ["kilometres_converted"]
    assert focus.availability == "available"
