"""XML: RSS with Google's namespace, rows under any name, attributes; and its attacks."""

import pytest

from dealers.feeds.files import SourceRow
from tests.dealers.feeds.feed_files import cells_of, refused, rows_of

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>
<title>Smith Cars</title><link>https://example.com</link><description>Stock</description>
<item>
  <g:id>1</g:id><title>Citroën C3 &amp; more</title>
  <g:image_link>https://a/1.jpg?a=1&amp;b=2</g:image_link><g:image_link>https://a/2.jpg</g:image_link>
</item>
<item><g:id>2</g:id><g:mileage><![CDATA[12 <b>mi</b>]]></g:mileage></item>
</channel></rss>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_rss_in_any_encoding(encoding: str) -> None:
    assert rows_of(RSS.format(encoding=encoding).encode(encoding)) == [
        SourceRow(
            4,
            {
                "g:id": "1",
                "title": "Citroën C3 & more",
                "g:image_link[0]": "https://a/1.jpg?a=1&b=2",
                "g:image_link[1]": "https://a/2.jpg",
            },
        ),
        SourceRow(8, {"g:id": "2", "g:mileage": "12 <b>mi</b>"}),
    ]


def test_a_wrong_declaration_of_the_encoding_does_no_harm() -> None:
    wrong = RSS.format(encoding="utf-8").encode("cp1252")
    assert cells_of(wrong)[0]["title"] == "Citroën C3 & more"


def test_rows_may_have_any_name_and_their_cells_may_be_attributes() -> None:
    assert cells_of(b'<Lager><Auto id="1" marke="Ford" preis="2"/><Auto id="2"/></Lager>') == [
        {"@id": "1", "@marke": "Ford", "@preis": "2"},
        {"@id": "2"},
    ]


def test_a_single_car_is_not_taken_for_its_photos() -> None:
    single = b"""<vehicles><vehicle id="3"><make>Ford</make><images>
        <image url="a"/><image url="b"/></images></vehicle></vehicles>"""
    assert cells_of(single) == [
        {"@id": "3", "make": "Ford", "images.image[0].@url": "a", "images.image[1].@url": "b"}
    ]


def test_cars_inside_each_of_several_dealers() -> None:
    car = "<vehicle><make>Ford</make><model>Ka</model></vehicle>"
    dealer = f"<dealer><name>A</name><town>B</town><stock>{car}{car}</stock></dealer>"
    assert len(cells_of(f"<feed>{dealer}{dealer}</feed>".encode())) == 4


def test_bare_ampersands_and_unknown_entities_are_text() -> None:
    loose = b"<cars><car><make>A & B&nbsp;C</make><p>&pound;5</p><c>&#x1f;d&#8364;</c></car></cars>"
    assert cells_of(loose) == [{"make": "A & B&nbsp;C", "p": "&pound;5", "c": " d\u20ac"}]


def test_what_breaks_off_is_truncated_after_its_rows() -> None:
    assert refused(RSS.format(encoding="utf-8").encode()[:-20]) == "truncated"


def test_what_is_no_xml_is_malformed() -> None:
    assert refused(b"<cars><car><make>Ford</car></make></cars>" + b" " * 200_000) == "malformed"


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>Sign in", b"\n<HTML lang='en'><body>"])
def test_a_web_page_is_no_feed(page: bytes) -> None:
    assert refused(page) == "html_page"


def test_entities_are_never_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><cars><car><a>&l9;</a><b>x</b></car></cars>'
    assert refused(bomb.encode()) == "xml_entities"
    assert refused(bomb.encode("utf-16")) == "xml_entities"


def test_entities_declared_past_the_beginning_are_not_expanded_either() -> None:
    file = "<!DOCTYPE x [" + " " * 100_000 + '<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    file += "<cars><car><a>&e;</a><b>x</b></car></cars>"
    assert "root:" not in str(_read_or_refused(file.encode()))


def test_an_external_document_type_is_not_fetched() -> None:
    file = b'<!DOCTYPE cars SYSTEM "http://127.0.0.1:9/cars.dtd"><cars><car><a>1</a><b>2</b></car></cars>'
    assert cells_of(file) == [{"a": "1", "b": "2"}]


def test_deep_nesting_is_refused() -> None:
    deep = b"<cars><car><a>1</a><b>" + b"<x>" * 200 + b"</x>" * 200 + b"</b></car></cars>"
    assert refused(deep) == "too_deep"
    assert refused(b"<x>" * 2_000_000) in ("malformed", "truncated")


def test_an_element_without_end_is_refused() -> None:
    assert refused(b"<cars><car><a>1</a><b>2</b></car><car>" + b"<x/>" * 3_000_000) == "too_large"


def _read_or_refused(content: bytes) -> object:
    try:
        return cells_of(content)
    except Exception as refusal:  # noqa: BLE001  # either way, nothing of the file may be in it
        return refusal
