"""A picture in several sizes is one photo, of the largest."""

import pytest

from dealers.feeds.columns import ColumnMapper, ColumnMapping, ColumnSource


def photos(cells: dict[str, str], *headers: str) -> list[str]:
    mapping = ColumnMapping({"photos": ColumnSource(headers)})
    return ColumnMapper(mapping).apply(cells)[0]["photos"].split("\n")


@pytest.mark.parametrize(
    ("leaf", "size", "small", "large"),
    [
        ("representation", "@size", "S", "XXL"),
        ("renditions", "width", "320", "1600px"),
        ("variants", "name", "thumb", "Original"),
        ("sizes", "type", "small", "large"),
    ],
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_each_picture_the_largest_is_taken_whatever_comes_first(
    leaf: str, size: str, small: str, large: str, order: tuple[int, int]
) -> None:
    cells = {}
    for picture in (0, 1):
        for place in order:
            stem = f"ad.images.image[{picture}].{leaf}[{place}]"
            cells[f"{stem}.{size}"] = (small, large)[place]
            cells[f"{stem}.url"] = f"https://x.example/{picture}-{(small, large)[place]}.jpg"
    found = photos(cells, f"ad.images.image[].{leaf}[].url")
    assert found == [f"https://x.example/{picture}-{large}.jpg" for picture in (0, 1)]


def test_pictures_of_which_one_has_no_sizes_all_stay() -> None:
    cells = {
        "images[0].representation[0].url": "a-s", "images[0].representation[0].size": "s",
        "images[0].representation[1].url": "a-l", "images[0].representation[1].size": "l",
        "images[1].representation[0].url": "", "images[1].representation[1].url": "b",
        "images[2].representation.url": "c",
    }  # fmt: skip
    sized = ("images[].representation[].url", "images[].representation.url")
    assert photos(cells, *sized) == ["a-l", "b", "c"]


def test_other_lists_of_photos_are_as_they_were() -> None:
    cells = {"images[0].url": "a", "images[1].url": "b", "image 1": "c"}
    assert photos(cells, "images[].url", "image 1") == ["a", "b", "c"]
