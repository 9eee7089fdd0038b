"""XML that a parser refuses and a person reads past is read; the rest is refused for its reason."""

import io

import pytest

from dealers.feeds.files import UnreadableFeed, read_rows
from tests.dealers.feeds.feed_files import cells_of, rows_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def stock(*inside: str, head: str = HEAD, tail: str = "", padding: int = 0) -> bytes:
    """Return a document of vehicles, each with something of its own inside."""
    inside = ("<note>" + "x" * 300 + "</note>",) * padding + inside
    vehicles = "".join(
        f"<vehicle><make>Ford</make><price>{9000 + n}</price>{each}</vehicle>\n"
        for n, each in enumerate(inside)
    )
    return f"{head}<stock>\n{vehicles}</stock>{tail}".encode()


def refusal(content: bytes) -> tuple[str, str, int | None]:
    with pytest.raises(UnreadableFeed) as refused:
        list(read_rows(io.BytesIO(content)))
    return refused.value.reason, refused.value.message, refused.value.line


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- a -- b --->",
        "<!--- sold --->",
        "<!-- <price>1</price> -- -->",
        "<!---->",
        "<!-- & < -->",
    ],
)
@pytest.mark.parametrize("padding", [0, 700])
def test_a_comment_may_hold_anything(comment: str, padding: int) -> None:
    content = stock("", comment + "<colour>Red</colour>", padding=padding)
    rows = rows_of(content)
    assert rows[-1].cells == {
        "make": "Ford",
        "price": str(9_001 + padding),
        "colour": "Red",
    }
    assert rows[-1].line == content.count(b"\n")
    assert rows_of(f"{comment}\n".encode() + stock("", head=""))[0].line == 3


@pytest.mark.parametrize("before", ["\n", " \r\n\r\n", "\ufeff\n", "\ufeff \n<!-- made by X -->\n"])
def test_what_stands_before_the_declaration_is_passed_over(before: str) -> None:
    rows = rows_of(before.encode() + stock("", ""))
    assert [row.cells["price"] for row in rows] == ["9000", "9001"]
    assert rows[0].line == 3 + before.count("\n")


@pytest.mark.parametrize(
    "tail",
    [
        "\nGenerated in 0.2 s\n",
        "<br />\n<b>Warning</b>: x in <b>/a.php</b> on line <b>3</b><br />",
        "<!-- page -- made -->",
        "\0\0",
    ],
)
def test_what_stands_behind_the_end_is_passed_over(tail: str) -> None:
    assert [cells["price"] for cells in cells_of(stock("", "", tail=tail))] == ["9000", "9001"]


def test_documents_in_a_row_are_one_table() -> None:
    content = stock("", "") + b"\n" + stock("<colour>Red</colour>")
    assert [cells.get("colour") for cells in cells_of(content)] == [None, None, "Red"]


@pytest.mark.parametrize(
    "html",
    [
        "Nice car<br>One owner<br/>Call",
        "<p>Nice<ul><li>ABS<li>Leather</ul> & more",
        "A <b>great</b> car &nbsp; here",
        'See <a href="http://x.y/?a=1&b=2">page</a><img src="a.jpg">',
        "under < 5 miles, 3 <4",
        "<P>One</P><P>Two <STRONG>three</STRONG></P>",
        "<div class='x'>One</div>",
        "Table: <table><tr><td>1<td>2</table>",
    ],
)
def test_html_in_a_description_is_its_text(html: str) -> None:
    row = cells_of(stock(f"<description>{html}</description><colour>Red</colour>", ""))[0]
    assert row == {"make": "Ford", "price": "9000", "description": html, "colour": "Red"}


def test_names_that_html_has_too_may_be_the_feeds_own() -> None:
    rows = "<car><i>7</i><p>995</p><b>Ford</b><a>Ka</a></car>" * 2
    assert cells_of(f"<cars>{rows}</cars>".encode())[0] == {
        "i": "7",
        "p": "995",
        "b": "Ford",
        "a": "Ka",
    }
    photos = "<photos><li>https://a.com/1.jpg</li><li>https://a.com/2.jpg</li></photos>"
    assert cells_of(stock(photos))[0]["photos.li[1]"] == "https://a.com/2.jpg"
    row = "<tr><make>Ford</make><model>Ka</model><year>2017</year></tr>"
    assert (
        cells_of(f"<dump><table>{row * 2}</table></dump>".encode())
        == [{"make": "Ford", "model": "Ka", "year": "2017"}] * 2
    )


def test_markup_in_a_text_that_is_none_of_html_is_its_text_too() -> None:
    row = cells_of(stock("<description>One <em2>two</em2> three</description>"))[0]
    assert row["description"] == "One two three"
    row = cells_of(stock("<cost>9995<currency>GBP</currency></cost>"))[0]
    assert (row["cost"], row["cost.currency"]) == ("9995", "GBP")


@pytest.mark.parametrize("padding", [0, 700])
def test_a_prefix_that_nobody_declared_is_no_mistake(padding: int) -> None:
    inside = '<zz:colour>Red</zz:colour><photo xlink:href="http://a.com/b.jpg"/>'
    cells = cells_of(stock(inside, padding=padding))[-1]
    assert cells["photo.@href"] == "http://a.com/b.jpg"
    assert cells["colour" if padding else "zz:colour"] == "Red"


def test_a_prefix_declared_late_is_left_alone() -> None:
    inside = '<q:colour xmlns:q="urn:q">Red: yes:no</q:colour>'
    assert cells_of(stock(inside, padding=700))[-1]["q:colour"] == "Red: yes:no"


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<colour>Red</Colour>", "Opening and ending tag mismatch: colour and Colour"),
        ("<a b=c>x</a>", "AttValue: \" or ' expected"),
        ('<x y="1" y="2">z</x>', "Attribute y redefined"),
        ("</vehicle></stock></stock>", "a tag is closed that is not open"),
    ],
)
def test_what_is_no_xml_is_refused_for_its_reason_at_its_line(inside: str, said: str) -> None:
    message = f"This is not valid XML: {said}."
    assert refusal(stock("", inside)) == ("malformed", message, 4)


@pytest.mark.parametrize("cut", [3, 12, 40])
@pytest.mark.parametrize("last", ["", "<!-- never", "<![CDATA[ never"])
def test_a_document_that_breaks_off_is_refused_as_such(cut: int, last: str) -> None:
    content = stock("", "")[:-cut] + last.encode()
    assert refusal(content)[:2] == ("truncated", "The file breaks off before its end.")


def test_cdata_is_text_whatever_it_holds() -> None:
    said = "Nice <br> -- & <b>car</b> <!-- a -- b --> ]] > &amp; <zz:x>"
    inside = f"<description><![CDATA[{said}]]></description>"
    for padding in (0, 700):
        assert cells_of(stock(inside, padding=padding))[-1]["description"] == said
