"""Descriptions, features, names and photos, freed from what surrounds them."""

import pytest

from dealers.feeds.cells import texts
from dealers.feeds.cells.cell import BLANK, Read
from dealers.feeds.cells.photos import read_photos


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Nice<br>car &amp; more<p>x</p>", "Nice\ncar & more x"),
        ("<ul><li>Air con</li><li>Nav</li></ul>", "\u2022 Air con\n\n\u2022 Nav"),
        ("&lt;b&gt;Bold&lt;/b&gt; &pound;5", "Bold £5"),
        ("a < b & c > d", "a < b & c > d"),
        ("x<script>alert('<b>')</script>y<!-- z -->", "x y"),
        ("Car<script>alert(1)", "Car"),
        ("CitroÃ«n Â£5", "Citroën £5"),
        ("a\x00b\x07c\u200b  d", "a b c d"),
        ("one\r\n\r\n\r\n\r\ntwo\rthree", "one\n\ntwo\nthree"),
        ("5 < 6 <3", "5 < 6 <3"),
    ],
)
def test_a_description_is_text(text: str, plain: str) -> None:
    assert texts.read_description(text) == Read(plain)


def test_no_tag_is_left_however_it_is_nested() -> None:
    nested = texts.read_description("<scr<script>x</script>ipt>alert(1)</script>").value
    assert "<script" not in str(nested)


def test_a_long_description_is_cut_at_a_word() -> None:
    read = texts.read_description("word " * 5_000)
    assert (read.code, read.is_error) == ("cut_off", False)
    assert len(str(read.value)) == 19_999
    assert str(read.value).endswith(" word")


def test_a_hundred_thousand_brackets_cost_no_time() -> None:
    assert texts.read_description("<" * 100_000).code == "cut_off"
    assert texts.read_description("<!--" * 30_000) is BLANK


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("Air con|Nav| |Nav", ["Air con", "Nav"]),
        (
            "Air con, Alloys (18, black), £1,000 stereo",
            ["Air con", "Alloys (18, black)", "£1,000 stereo"],
        ),
        ("Air con; Nav", ["Air con", "Nav"]),
        ("- Air con\n- Nav", ["Air con", "Nav"]),
        ("<ul><li>Air con</li><li>Nav &amp; DAB</li></ul>", ["Air con", "Nav & DAB"]),
        ('["Air con", "Nav"]', ["Air con", "Nav"]),
    ],
)
def test_features_are_a_list_whatever_separates_them(text: str, features: list[str]) -> None:
    assert texts.read_features(text) == Read(features)


def test_features_are_bounded() -> None:
    features = texts.read_features("|".join(f"{n} {'x' * 300}" for n in range(500))).value
    assert isinstance(features, list)
    assert (len(features), max(map(len, features))) == (200, 120)


def test_names_are_tidied() -> None:
    assert texts.read_make("  CitroÃ«n\t") == Read("Citroën")
    assert texts.read_model('="500"') == Read("500")
    assert texts.read_model("'3") == Read("3")
    assert texts.read_make("Rolls&nbsp;Royce") == Read("Rolls Royce")
    assert texts.read_make("x" * 61).is_error


def test_a_stock_reference_may_look_like_anything() -> None:
    assert texts.read_stock_ref(' ="00123" ') == Read("00123")
    assert texts.read_stock_ref("0") == Read("0")
    assert texts.read_stock_ref("nan") is BLANK
    assert texts.read_stock_ref("x" * 65).is_error


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("https://a.com/1.jpg|https://a.com/2.jpg", ["https://a.com/1.jpg", "https://a.com/2.jpg"]),
        (
            "https://a.com/1.jpg,https://a.com/2,3.jpg",
            ["https://a.com/1.jpg", "https://a.com/2,3.jpg"],
        ),
        ("https://a.com/1.jpg ; http://a.com/2.jpg", ["https://a.com/1.jpg", "http://a.com/2.jpg"]),
        ("https://a.com/1.jpg\nhttps://a.com/1.jpg", ["https://a.com/1.jpg"]),
        ("https://m.atcdn.co.uk/a/media/{resize}/ab.jpg", ["https://m.atcdn.co.uk/a/media/ab.jpg"]),
        ("https://a.com/%7Bresize%7D/1.jpg?a=1&amp;b=2", ["https://a.com/1.jpg?a=1&b=2"]),
        (
            "https://a.com/my car.jpg|https://a.com/2.jpg",
            ["https://a.com/my%20car.jpg", "https://a.com/2.jpg"],
        ),
        (
            '["https://a.com/1.jpg", "https://a.com/2.jpg"]',
            ["https://a.com/1.jpg", "https://a.com/2.jpg"],
        ),
        ('[{"url":"https:\\/\\/a.com\\/1.jpg","tag":["x"]}]', ["https://a.com/1.jpg"]),
        ("//cdn.a.com/1.jpg", ["https://cdn.a.com/1.jpg"]),
        ("", []),
        ("N/A", []),
    ],
)
def test_photos_are_addresses_whatever_separates_them(text: str, urls: list[str]) -> None:
    photos = read_photos(text)
    assert (photos.urls, photos.rejected) == (urls, 0)


@pytest.mark.parametrize("text", ["1.jpg", "javascript:alert(1)", "file:///etc/passwd", "http://x"])
def test_what_is_no_address_is_no_photo(text: str) -> None:
    photos = read_photos(text)
    assert (photos.urls, photos.rejected) == ([], 1)


def test_only_so_many_photos_are_kept() -> None:
    photos = read_photos("|".join(f"https://a.com/{n}.jpg" for n in range(60)))
    assert (len(photos.urls), photos.surplus) == (50, 10)
    assert photos.urls[-1] == "https://a.com/49.jpg"
