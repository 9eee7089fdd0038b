"""Addresses of photos as other systems write them."""

import pytest

from listings.photos import InvalidPhotoUrl, clean_photo_url


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://cars.example/a/1.jpg", "https://cars.example/a/1.jpg"),
        ("https://cars.example/a/1.jpg?w=1&h=2", "https://cars.example/a/1.jpg?w=1&h=2"),
        ("  https://cars.example/1.jpg\n", "https://cars.example/1.jpg"),
        ("HTTPS://Cars.Example/A.JPG", "https://cars.example/A.JPG"),
        ("https://cars.example", "https://cars.example"),
        ("//cars.example/1.jpg", "https://cars.example/1.jpg"),
        ("http://cars.example:80/1.jpg", "http://cars.example/1.jpg"),
        ("http://cars.example/1.jpg#top", "http://cars.example/1.jpg"),
        ("http://cars.example/my car.jpg", "http://cars.example/my%20car.jpg"),
        ("http://cars.example/é.jpg", "http://cars.example/%C3%A9.jpg"),
        ("http://café.example/1.jpg", "http://xn--caf-dma.example/1.jpg"),
        ("https://m.example/{resize}/1.jpg", "https://m.example/w1024h768/1.jpg"),
        ("https://m.example/1.jpg?s={Resize}", "https://m.example/1.jpg?s=w1024h768"),
        ("https://m.example/%7Bresize%7D/1.jpg", "https://m.example/w1024h768/1.jpg"),
    ],
)
def test_an_address_is_completed(given: str, kept: str) -> None:
    assert clean_photo_url(given) == kept
    assert clean_photo_url(kept) == kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "not a web address"),
        ("1.jpg", "not a web address"),
        ("www.cars.example/1.jpg", "not a web address"),
        ("ftp://cars.example/1.jpg", "not a web address"),
        ("file:///etc/passwd", "not a web address"),
        ("data:image/png;base64,AAAA", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("http://", "not a web address"),
        ("http://[", "not a web address"),
        ("http://cars.example:port/1.jpg", "not a web address"),
        ("http://a\x00b/1.jpg", "not a web address"),
        ("http://me:secret@cars.example/1.jpg", "no password"),
        ("http://cars.example/" + "x" * 1_000, "at most 1,000 characters"),
        ("http://cars.example/" + "é" * 200, "at most 1,000 characters"),
        ("http://" + "x" * 260 + ".example/1.jpg", "not a web address"),
    ],
)
def test_what_is_no_web_address_is_refused_without_repeating_it(given: str, said: str) -> None:
    with pytest.raises(InvalidPhotoUrl, match=said) as caught:
        clean_photo_url(given)
    assert "secret" not in str(caught.value)
