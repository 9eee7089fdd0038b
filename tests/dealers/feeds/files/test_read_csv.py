"""CSV as dealers' systems write it: any separator, encoding, quoting, and rows that are broken."""

import pytest

from dealers.feeds.files import Fault, SourceRow
from tests.dealers.feeds.feed_files import cells_of, refused, rows_of


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_any_separator_is_found_out(delimiter: str) -> None:
    table = "Make,Model,Price\nFord,Focus,7995\nBMW,X5,20000\n".replace(",", delimiter)
    assert cells_of(table.encode()) == [
        {"Make": "Ford", "Model": "Focus", "Price": "7995"},
        {"Make": "BMW", "Model": "X5", "Price": "20000"},
    ]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"],
)
def test_any_encoding_is_found_out(encoding: str) -> None:
    table = "make,model,price\nCitroën,C3 Élan,£7995\n"
    assert cells_of(table.encode(encoding)) == [
        {"make": "Citroën", "model": "C3 Élan", "price": "£7995"}
    ]


def test_a_file_in_two_encodings_reads_well() -> None:
    table = "make,model\nCitroën,C3\n".encode() + "Citroën,C4\n".encode("cp1252")
    assert cells_of(table) == [
        {"make": "Citroën", "model": "C3"},
        {"make": "Citroën", "model": "C4"},
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(end: str) -> None:
    table = "make,model\nFord,Ka\nFord,Kuga\n".replace("\n", end)
    assert [row.line for row in rows_of(table.encode())] == [2, 3]


def test_a_cell_in_quotes_may_hold_separators_quotes_and_lines() -> None:
    table = 'ref,notes,price\n1,"Nice, ""clean""\r\n\r\nMOT",100\n2,b,200\n'
    assert rows_of(table.encode()) == [
        SourceRow(2, {"ref": "1", "notes": 'Nice, "clean"\r\n\r\nMOT', "price": "100"}),
        SourceRow(5, {"ref": "2", "notes": "b", "price": "200"}),
    ]


def test_semicolons_go_with_decimal_commas_and_bars_between_photos() -> None:
    table = "ref;litres;photos\n1;1,6;http://a|http://b\n2;2,0;http://c|http://d\n"
    assert cells_of(table.encode())[0] == {
        "ref": "1",
        "litres": "1,6",
        "photos": "http://a|http://b",
    }


def test_backslashes_may_escape_quotes() -> None:
    table = 'ref,notes,price\n1,"18\\" alloys, leather",100\n2,"x",200\n'
    assert cells_of(table.encode())[0]["notes"] == '18" alloys, leather'


def test_a_title_and_excels_own_line_come_before_the_header() -> None:
    assert cells_of(b"sep=;\nmake;model;price\nFord;Ka;100\n") == [
        {"make": "Ford", "model": "Ka", "price": "100"}
    ]
    titled = b"Stock list 01/02/2024,,\n\nmake,model,price\nFord,Ka,100\n"
    assert rows_of(titled) == [SourceRow(4, {"make": "Ford", "model": "Ka", "price": "100"})]


def test_empty_rows_and_a_repeated_header_are_no_rows() -> None:
    table = b"make,model\n\nFord,Ka\n,\n  ,  \nmake,model\nFord,Kuga\n"
    assert [row.line for row in rows_of(table)] == [3, 7]


def test_headers_that_are_empty_or_repeated_get_names() -> None:
    table = b"\xef\xbb\xbf make ,,Image,Image,IMAGE,\nFord,x,a,b,c,\n"
    assert cells_of(table) == [
        {"make": "Ford", "column 2": "x", "Image": "a", "Image#2": "b", "IMAGE": "c"}
    ]


def test_a_row_with_too_many_cells_is_shifted() -> None:
    table = b"make,price,colour\nFord,30,495,Red\nBMW,100,Blue\nKia,1,Red,,\n"
    assert [(row.line, row.fault) for row in rows_of(table)] == [
        (2, Fault.SHIFTED),
        (3, Fault.NONE),
        (4, Fault.NONE),
    ]


def test_a_row_with_too_few_cells_lacks_the_last_columns() -> None:
    assert rows_of(b"make,price,colour\nFord,100\nBMW,100,Blue\n")[0] == SourceRow(
        2, {"make": "Ford", "price": "100"}, Fault.SHORT
    )


def test_a_quote_that_is_never_closed_swallows_no_rows() -> None:
    table = b'ref,notes,price\n1,"18 alloys,100\n2,b,200\n3,"c, d",300\n4,"e,400\n5,f,500\n'
    assert [(row.line, row.cells["ref"], row.cells["price"]) for row in rows_of(table)] == [
        (2, "1", "100"),
        (3, "2", "200"),
        (4, "3", "300"),
        (5, "4", "400"),
        (6, "5", "500"),
    ]


def test_null_characters_are_dropped() -> None:
    assert cells_of(b"make,model\nFo\x00rd,Ka\n") == [{"make": "Ford", "model": "Ka"}]


def test_a_file_that_breaks_off_in_a_row_is_truncated() -> None:
    table = "ref,make,notes\n" + "".join(f"{n},Ford,fine\n" for n in range(30))
    assert refused(f"{table}30,Fo".encode()) == "truncated"
    assert refused(f'{table}30,Ford,"half a sent'.encode()) == "truncated"
    assert len(rows_of(f"{table}30,Ford,x".encode())) == 31


def test_a_header_alone_is_a_feed_without_rows() -> None:
    assert rows_of(b"make,model,price\n") == []


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b"\x00\x00", b"\xef\xbb\xbf", b",,,\n,,\n"])
def test_a_file_without_anything_is_empty(content: bytes) -> None:
    assert refused(content) == "empty_file"


def test_more_columns_than_any_feed_has_are_refused() -> None:
    assert refused(",".join(map(str, range(3_000))).encode()) == "too_many_columns"


def test_a_line_without_end_is_refused() -> None:
    assert refused(b"make,model\n" + b"x" * 2_000_000) == "too_large"


def test_quotes_that_open_everywhere_do_not_hang_the_reader() -> None:
    assert refused(b"a,b\n" + b'a"b,"c\n' * 600_000) == "malformed"
