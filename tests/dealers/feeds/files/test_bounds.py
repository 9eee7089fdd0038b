"""What a file may not do to its reader: small to send, endless to read."""

import gzip
import io
import zipfile
from datetime import date

import pytest

from dealers.feeds.cells import read_car
from dealers.feeds.columns import suggest
from dealers.feeds.files import UnreadableFeed, preview
from dealers.feeds.files.limits import BLANK_ROWS_MAX, COLUMNS_MAX, COMPANION_COLUMNS_MAX
from tests.dealers.feeds.feed_files import cells_of, refused, rows_of, zipped
from tests.marketplace.linear.growth import bounded

CARS = b"Vehicle_Id,Make,Model,Price\n1,Ford,Ka,5\n2,Kia,Rio,6\n"
ELEMENTS = b"<car><id>1</id><make>Ford</make><model>Ka</model></car>"


@pytest.mark.parametrize("space", [b"", b" ", b"\n", b"\t \r\n"])
@pytest.mark.parametrize("root", [b"stock", b"cars", b"headless"])
def test_comments_before_the_rows_are_passed_over(space: bytes, root: bytes) -> None:
    start = (b"<!-- page -->" + space) * 400
    with bounded(5):
        content = start + b"<" + root + b">" + ELEMENTS * 2 + b"</" + root + b">"
        assert [cells["make"] for cells in cells_of(content)] == ["Ford", "Ford"]
        assert refused(start + b"<!DOCTYPE  html><p>") == "html_page"


@pytest.mark.parametrize("prefix", ["g", "c", "dc-2"])
def test_a_prefix_that_nobody_declared_is_read(prefix: str) -> None:
    row = f"<item {prefix}:no='7'><{prefix}:id>1</{prefix}:id><title>Ka</title></item>"
    content = f"<rss><channel>{row * 2}</channel></rss>".encode()
    assert cells_of(content) == [{"@no": "7", f"{prefix}:id": "1", "title": "Ka"}] * 2


def test_rows_may_have_a_prefix_that_nobody_declared() -> None:
    row = "<g:item><g:id>1</g:id><g:brand>Ford</g:brand><g:model>Ka</g:model></g:item>"
    for rows in (3, 3_000):  # within one chunk, and in many
        cells = cells_of(f"<rss>\n<channel>{row * rows}</channel></rss>".encode())
        assert cells == [{"g:id": "1", "g:brand": "Ford", "g:model": "Ka"}] * rows


@pytest.mark.parametrize(
    "start",
    [
        '<?xml version="1.0"?>\n<!-- <g:x> --><rss',
        "\ufeff<!DOCTYPE rss [<!ELEMENT a ANY>]>\n<rss version='2'",
        '<rss xmlns:c="urn:c"',
        '<rss xmlns:g="urn:g"',
    ],
)
def test_a_prefix_is_declared_at_the_root(start: str) -> None:
    content = f"{start}>{'<item><g:id>1</g:id><make>Ford</make><a/></item>' * 2}</rss>"
    assert cells_of(content.encode()) == [{"g:id": "1", "make": "Ford", "a": ""}] * 2


def test_a_file_that_breaks_off_does_so_with_undeclared_prefixes_too() -> None:
    assert refused(b"<rss>" + b"<item><g:id>1</g:id><a>1</a></item>" * 9 + b"<item>") == "truncated"


@pytest.mark.parametrize("number", ["9" * 5_000, "-" + "1" * 20_000, "1e" + "9" * 30])
@pytest.mark.parametrize(
    "place", ['[{{"a": 1}}, {{"price": {}}}]', "[[{}]]", '{{"cars": [{{"a": {}}}]}}']
)
def test_a_number_that_no_number_is_refuses_a_document(number: str, place: str) -> None:
    assert refused(place.format(number).encode()) == "malformed"


def test_a_number_that_no_number_is_stays_a_text_on_a_line() -> None:
    line = b'{"id": "1", "price": ' + b"9" * 5_000 + b"}\n"
    assert [len(row.cells["price"]) for row in rows_of(line * 2)] == [5_000] * 2
    car = read_car(rows_of(line * 2)[0].cells, today=date(2026, 3, 1))
    assert [(each.code, each.field) for each in car.warnings] == [("too_long", "price")]


@pytest.mark.parametrize("row", [b"\n", b"  \r\n", b",,,\n"])
@pytest.mark.parametrize("start", [b"", CARS])
def test_blank_rows_on_end_are_bounded(start: bytes, row: bytes) -> None:
    few = start + row * (BLANK_ROWS_MAX - 1) + CARS
    assert rows_of(few)[-1].cells["Model"] == "Rio"
    packed = gzip.compress(start + row * 4_000_000)
    with bounded(10), pytest.raises(UnreadableFeed, match=r"blank rows|is empty"):
        preview(io.BytesIO(packed))


def test_blank_lines_between_objects_are_bounded() -> None:
    lines = b'{"id": 1, "make": "Ford"}\n' * 2 + b"\n" * (BLANK_ROWS_MAX + 1)
    assert refused(lines) == "malformed"


def test_very_many_files_of_rows_are_refused_at_once() -> None:
    with bounded(10):
        assert refused(zipped({f"{n}.csv": CARS for n in range(4_000)})) == "too_large"


def test_parts_of_a_table_are_read_in_one_pass() -> None:
    with bounded(20):
        rows = rows_of(zipped({f"{n}.csv": CARS for n in range(400)}))
    assert [row.source for row in rows[::2]] == [f"{n}.csv" for n in range(400)]


def test_files_that_are_the_same_bytes_are_refused() -> None:
    archive = bytearray(zipped({"a.csv": CARS, "b.csv": CARS}))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        second = opened.infolist()[1].header_offset
    at = archive.rindex(b"PK\x01\x02") + 42
    assert archive[at : at + 4] == second.to_bytes(4, "little")
    archive[at : at + 4] = bytes(4)
    assert refused(bytes(archive)) == "unsafe_archive"


def test_the_files_of_an_archive_share_what_may_be_unpacked() -> None:
    part = b"make,model\n" + (b"Ford," + b"a" * 100_000 + b"\n") * 60
    assert len(rows_of(zipped({"0.csv": part}))) == 60
    assert refused(zipped({f"{n}.csv": part for n in range(4)})) == "archive_bomb"


def test_equal_keys_of_a_companion_are_bounded() -> None:
    pictures = b"Vehicle_Id,Picture\n" + b"1,a.jpg\n" * 20_000
    with bounded(10):
        first, second = cells_of(zipped({"stock.csv": CARS, "pictures.csv": pictures}))
    assert len(first) == 4 + COMPANION_COLUMNS_MAX
    assert list(first)[4:7] == ["Picture", "Picture#2", "Picture#3"]
    assert len(second) == 4


def test_a_companion_may_break_off_before_its_key() -> None:
    pictures = b"Picture,Vehicle_Id\na.jpg\nb.jpg,1\n"
    first, _ = cells_of(zipped({"stock.csv": CARS, "pictures.csv": pictures}))
    assert first["Picture"] == "b.jpg"


def test_a_preview_has_no_more_columns_than_a_row_may_have() -> None:
    rows = ({f"c{row}_{n}": 1 for n in range(1_500)} for row in range(4))
    lines = "\n".join(str(row).replace("'", '"') for row in rows).encode()
    beginning = preview(io.BytesIO(lines))
    assert len(beginning.headers) == COLUMNS_MAX
    with bounded(20):
        suggest(beginning.headers, [row.cells for row in beginning.rows])
