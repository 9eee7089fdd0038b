"""JSON with what it does not allow and writers write; the rest is refused for its reason."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.feeds.files import UnreadableFeed, read_rows
from dealers.feeds.files.json_text import JsonMender
from tests.dealers.feeds.feed_files import cells_of

KA = '"make": "Ford", "model": "Ka"'


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("padding", [0, 66_000])
def test_a_number_that_is_none_is_blank(number: str, padding: int) -> None:
    filler = " " * padding
    content = f'[{{"id": 1, {KA},{filler} "price": {number}}}, {{"id": 2, {KA}, "x": [{number} ]}}]'
    rows = cells_of(content.encode())
    assert [row["id"] for row in rows] == ["1", "2"]
    assert (rows[0]["price"], rows[1]["x[0]"]) == ("", "")


def test_words_in_a_text_are_left_alone() -> None:
    said = 'a NaN, Infinity, ] and "\\,} NaN\\'
    content = f'[{{"id": NaN, {KA}, "text": {json.dumps(said)},}}, {{"id": 2, {KA}}},\n]'
    assert cells_of(content.encode())[0]["text"] == said


texts = st.text('"\\,]}[{NaInfty- \n\u00e9x1', max_size=30)
values = st.recursive(
    texts | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values, st.lists(st.integers(1, 40), min_size=1))
def test_what_is_json_stays_as_it_is_wherever_it_is_cut(value: object, sizes: list[int]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    mender, mended, place = JsonMender(), "", 0
    for size in sizes:
        mended += mender.mended(text[place : place + size])
        place += size
    mended += mender.mended(text[place:], is_last=True)
    assert mended == text


@pytest.mark.parametrize(
    ("content", "reason", "said", "line"),
    [
        ('[\n{"id":1},\n{"id":2,"make":Ford},\n{"id":3}]', "malformed", "invalid char in json", 3),
        ('[{"id":1}]\nDone.', "malformed", "trailing garbage", 2),
        ('[{"id":1}]\n\n[{"id":2}]', "malformed", "second document", 3),
        ('[\n{"id":1}];\n;{"id":2}', "malformed", "second document", 3),
        ('[{"id":1}]\n<!-- served -->\nWarning: disk full', "malformed", "trailing garbage", 2),
        ('[{"id":1}]\n<!-- never ends', "malformed", "trailing garbage", 2),
        ('[{"id":1}\n\n\n{"id":2}]', "malformed", "after array element", 4),
        ("[\n\n{'id':1}]", "malformed", "invalid char", 3),
        ('[\n{"id":1},\n{"id":2,"make":"Fo', "truncated", "breaks off", 3),
    ],
)
@pytest.mark.parametrize("lines_before", [0, 9_000])
def test_what_is_no_json_is_refused_for_its_reason_at_its_line(
    content: str, reason: str, said: str, line: int, lines_before: int
) -> None:
    content = content.replace("[", "[" + "          \n" * lines_before, 1)
    with pytest.raises(UnreadableFeed) as refused:
        list(read_rows(io.BytesIO(content.encode())))
    assert (refused.value.reason, refused.value.line) == (reason, line + lines_before)
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("behind", "is_told"),
    [
        ("", False), ("\n\n \t\r\n", False), (";", True), (";\n", True), (" ;;\n", True),
        ("\n<!-- served by www3 in 0.3 s -->", True), ("<!--[x]-->\n<!-- {y} -->\n", True),
        ("\0\0", True), ("\x1a", True), (";\n\0", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "document", ["[{rows}]", '{{\n"cars":\n[{rows}]}}', '{{"cars": [{rows}]}}']
)
@pytest.mark.parametrize("filler", [0, 70_000])
def test_what_stands_behind_a_document_and_says_nothing_is_passed_over(
    behind: str, is_told: bool, document: str, filler: int
) -> None:
    rows = f'{{"id": 1, {KA}}},{" " * filler} {{"id": 2, {KA}}}'
    content = document.format(rows=rows) + behind
    remarks: list[str] = []
    found = list(read_rows(io.BytesIO(content.encode()), remarks=remarks))
    assert [row.cells["id"] for row in found] == ["1", "2"]
    line = (
        document.format(rows="").count("\n")
        + 1
        + behind.partition("<")[0].count("\n") * ("<" in behind)
    )
    told = [f"The text behind the end of the data, in line {line}, is not read."]
    assert remarks == (told if is_told else [])
