"""Feeds in gzip and zip: found by content, and refused where they are traps."""

import gzip
import io
import os
import zipfile

import pytest

from dealers.feeds.files import SourceRow, read_rows
from tests.dealers.feeds.feed_files import cells_of, refused, rows_of, zipped

TABLE = b"make,model\nFord,Ka\n"
PICTURE = b"\xff\xd8\xff\xe0 not rows"


def test_gzip_is_opened_whatever_its_name() -> None:
    rows = read_rows(io.BytesIO(gzip.compress(TABLE)), name="stock.csv")
    assert [row.cells for row in rows] == [{"make": "Ford", "model": "Ka"}]


def test_a_zip_with_one_file_of_rows_among_pictures() -> None:
    archive = zipped(
        {"out/": b"", "out/STOCK.dat": TABLE, "a.jpg": PICTURE, "__MACOSX/._STOCK.dat": b"x,y"}
    )
    assert rows_of(archive) == [SourceRow(2, {"make": "Ford", "model": "Ka"}, "", "out/STOCK.dat")]


@pytest.mark.parametrize(
    "content", [b'[{"make": "Ford", "model": "Ka"}]', b"<cars><car make='Ford' model='Ka'/></cars>"]
)
def test_other_formats_may_be_packed_too(content: bytes) -> None:
    expected = cells_of(content)
    assert cells_of(zipped({"x": content})) == cells_of(gzip.compress(content)) == expected
    assert len(expected) == 1


def test_files_with_the_same_columns_are_one_table() -> None:
    archive = zipped({"leeds.csv": TABLE, "york.csv": b"Model;Make\nKuga;Ford\n"})
    assert [
        (row.source, row.cells.get("model", row.cells.get("Model"))) for row in rows_of(archive)
    ] == [
        ("leeds.csv", "Ka"),
        ("york.csv", "Kuga"),
    ]


def test_a_pair_is_joined_by_the_car() -> None:
    cars = b"Feed_Id,Vehicle_Id,Make,Model,Price\n9,1,Ford,Ka,5\n9,2,Kia,Rio,6\n"
    pictures = b"Vehicle_Id,PictureRef\n1,a.jpg\n1,b.jpg\n3,c.jpg\n"
    assert cells_of(zipped({"pictures.csv": pictures, "stock.csv": cars})) == [
        {
            "Feed_Id": "9",
            "Vehicle_Id": "1",
            "Make": "Ford",
            "Model": "Ka",
            "Price": "5",
            "PictureRef": "a.jpg",
            "PictureRef#2": "b.jpg",
        },
        {"Feed_Id": "9", "Vehicle_Id": "2", "Make": "Kia", "Model": "Rio", "Price": "6"},
    ]


def test_a_pair_is_joined_by_the_dealer() -> None:
    cars = b"Feed_Id,Vehicle_Id,Make,Model,Price\n9,1,Ford,Ka,5\n"
    dealers = b"Feed_Id,Name\n9,Smith\n8,Jones\n"
    assert cells_of(zipped({"stock.csv": cars, "dealers.csv": dealers}))[0]["Name"] == "Smith"


def test_files_that_do_not_belong_together_are_refused() -> None:
    assert refused(zipped({"a.csv": TABLE, "b.csv": b"x,y\n1,2\n"})) == "ambiguous_archive"


@pytest.mark.parametrize("name", ["../stock.csv", "/etc/stock.csv", "a/../../b.csv", "C:\\x.csv"])
def test_names_that_are_paths_are_refused(name: str) -> None:
    assert refused(zipped({name: TABLE, "b.csv": TABLE})) == "unsafe_archive"


def test_links_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("stock.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(out.getvalue()) == "unsafe_archive"


def test_an_archive_with_a_password_is_refused() -> None:
    archive = bytearray(zipped({"stock.csv": TABLE}))
    at = archive.rindex(b"PK\x01\x02") + 8
    archive[at] |= 1
    assert refused(bytes(archive)) == "encrypted_archive"


def test_an_archive_inside_an_archive_is_refused() -> None:
    assert refused(gzip.compress(gzip.compress(TABLE))) == "nested_archive"
    assert refused(zipped({"a.zip": zipped({"stock.csv": TABLE})})) == "nested_archive"


def test_a_spreadsheet_is_told_from_an_archive() -> None:
    assert refused(zipped({"[Content_Types].xml": b"<x/>", "xl/s.xml": b"<x/>"})) == "spreadsheet"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)) == "spreadsheet"


def test_bombs_are_refused_long_before_they_fill_anything() -> None:
    zeros = b"make,model\n" + (b"Ford," + b"a" * 5_000 + b"\n") * 10_000
    assert refused(gzip.compress(zeros)) == "archive_bomb"
    assert refused(zipped({"stock.csv": zeros})) == "archive_bomb"


def test_an_archive_of_very_many_files_is_refused() -> None:
    assert refused(zipped({f"{n}.csv": TABLE for n in range(6_000)})) == "too_large"


def test_an_archive_without_rows_is_empty() -> None:
    assert refused(zipped({})) == refused(zipped({"a.jpg": PICTURE})) == "empty_file"


def test_archives_that_break_off_are_truncated() -> None:
    table = TABLE + b"".join(b"Ford,%s\n" % os.urandom(9).hex().encode() for _ in range(9_000))
    assert refused(gzip.compress(table)[:-9_000]) == "truncated"
    assert refused(zipped({"stock.csv": table})[:-9_000]) == "truncated"


def test_damage_inside_an_archive_is_noticed() -> None:
    table = TABLE + b"".join(b"Ford,%s\n" % os.urandom(9).hex().encode() for _ in range(9_000))
    for packed in (bytearray(gzip.compress(table)), bytearray(zipped({"stock.csv": table}))):
        packed[len(packed) // 2] ^= 0xFF
        assert refused(bytes(packed)) in ("truncated", "not_text", "malformed")


@pytest.mark.parametrize("content", [b"7z\xbc\xaf\x27\x1cx", b"Rar!\x1a\x07\x00", b"BZh91AY"])
def test_other_archives_are_named(content: bytes) -> None:
    assert refused(content) == "unknown_archive"


@pytest.mark.parametrize("content", [PICTURE, b"%PDF-1.4 x", b"\x01\x02\x03\x04" * 50])
def test_what_is_no_text_is_no_feed(content: bytes) -> None:
    assert refused(content) == "not_text"
