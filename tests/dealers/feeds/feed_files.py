"""Feeds as bytes, and what the readers make of them."""

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

import pytest

from dealers.feeds.files import SourceRow, UnreadableFeed, read_rows


def rows_of(content: bytes) -> list[SourceRow]:
    return list(read_rows(io.BytesIO(content)))


def cells_of(content: bytes) -> list[dict[str, str]]:
    return [row.cells for row in rows_of(content)]


def refused(content: bytes) -> str:
    """Return the reason for which a feed is unreadable."""
    with pytest.raises(UnreadableFeed) as refusal:
        rows_of(content)
    return refusal.value.reason


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


Cell = str | int | float | bool | date | None
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = "http://schemas.openxmlformats.org/package/2006"


def workbook(sheets: Mapping[str, Sequence[Sequence[Cell]]], hidden: Collection[str] = ()) -> bytes:
    """Return a workbook of Excel, written by hand: ECMA-376, Part 1, chapter 18."""
    names, states = list(sheets), ("visible", "hidden")
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}" state="{states[name in hidden]}"/>'
        for n, name in enumerate(names, start=1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/s{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    styles = f'<Relationship Id="s" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    first = f'<Relationship Id="w" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PARTS}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PARTS}/relationships">{first}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PARTS}/relationships">'
        f"{related}{styles}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for n, rows in enumerate(sheets.values(), start=1):
        lines = "".join(
            f'<row r="{y}">{"".join(_cell(cell, x, y) for x, cell in enumerate(row))}</row>'
            for y, row in enumerate(rows, start=1)
        )
        files[f"xl/worksheets/s{n}.xml"] = (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{lines}</sheetData></worksheet>'
        )
    return zipped({name: text.encode() for name, text in files.items()})


def _cell(value: Cell, x: int, y: int) -> str:
    place = f"{chr(65 + x)}{y}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, str):
        text = f"<is><t xml:space='preserve'>{escape(value)}</t></is>"
        return f'<c r="{place}" t="inlineStr">{text}</c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'
