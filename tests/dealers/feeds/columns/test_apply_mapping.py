"""Mappings on rows, in JSON, and against headers that have changed."""

import pytest

from dealers.feeds.columns import (
    ColumnMapper,
    ColumnMapping,
    ColumnSource,
    InvalidMapping,
    find_drift,
    followed,
    proposed,
    suggest,
)

MAPPING = ColumnMapping(
    fields={
        "make": ColumnSource(("Make",)),
        "price": ColumnSource(("Sale Price", "Price")),
        "mileage": ColumnSource(("Kilometres",), " km"),
        "photos": ColumnSource(("Image",)),
    },
    constants={"make": "Ford", "model": "Focus"},
    known=("Make", "Sale Price", "Price", "Kilometres", "Image", "Colour"),
)


def test_cells_go_to_their_fields_and_the_rest_stays() -> None:
    cells = {"MAKE": "Kia", "price": "5", "KILOMETRES": "10", "Colour": "Red", "x": ""}
    texts, rest = ColumnMapper(MAPPING).apply(cells)
    assert texts == {"make": "Kia", "price": "5", "mileage": "10 km", "model": "Focus"}
    assert rest == {"Colour": "Red", "x": ""}


def test_the_first_column_that_says_something_wins_and_lists_are_joined() -> None:
    cells = {"Sale Price": " ", "Price": "7", "Image": "a", "Image#2": "", "image_3": "c"}
    assert ColumnMapper(MAPPING).apply(cells)[0] == {
        "price": "7",
        "photos": "a\nc",
        "make": "Ford",
        "model": "Focus",
    }


def test_blank_cells_stay_blank_and_get_no_unit() -> None:
    texts, _ = ColumnMapper(MAPPING).apply({"Kilometres": " ", "Image": "", "Make": ""})
    assert texts == {"mileage": "", "photos": "", "make": "Ford", "model": "Focus"}


def test_rows_with_other_columns_are_mapped_too() -> None:
    mapper = ColumnMapper(MAPPING)
    assert mapper.apply({"Make": "Kia"})[0]["make"] == "Kia"
    for number in range(3_000):
        texts, _ = mapper.apply({"Image[0]": "a", f"x{number}y": ""})
        assert (texts["photos"], texts["make"]) == ("a", "Ford")


def test_a_mapping_survives_json() -> None:
    assert ColumnMapping.from_json(MAPPING.to_json()) == MAPPING


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {},
        {"fields": 1},
        {"fields": {"make": {}}},
        {"fields": {"engine": {"headers": ["x"]}}},
        {"fields": {}, "constants": {"unknown": "x"}},
        {"fields": {}, "constants": {"make": "x" * 300}},
        {"fields": {"make": {"headers": ["A b"]}, "model": {"headers": ["a_B"]}}},
    ],
)
def test_what_is_no_mapping_is_refused(stored: object) -> None:
    with pytest.raises(InvalidMapping):
        ColumnMapping.from_json(stored)


def test_the_same_headers_in_another_order_and_case_are_no_drift() -> None:
    headers = ["image_1", "image_2", "COLOUR", "kilometres", "price", "sale_price", "make"]
    assert not find_drift(MAPPING, headers)


def test_missing_and_new_headers_are_noticed() -> None:
    found = find_drift(MAPPING, ["Make", "Price", "Sale Price", "Image", "Seats"])
    assert (found.missing, found.new, found.moved) == (("Kilometres",), ("Seats",), {})
    assert found.lost == ("mileage",)
    assert found


def test_a_column_under_a_new_name_is_recognised() -> None:
    mapping = suggest(["Reg", "Make", "Retail Price", "Images"]).mapping()
    found = find_drift(mapping, ["Registration Number", "Make", "Price GBP", "Images"])
    assert found.missing == ("Reg", "Retail Price")
    assert found.new == ("Registration Number", "Price GBP")
    assert found.moved == {
        "vrm": ColumnSource(("Registration Number",)),
        "price": ColumnSource(("Price GBP",)),
    }
    assert found.lost == ()
    row = {"Registration Number": "AB17CDE", "Make": "Ford", "Price GBP": "1", "Images": "a.jpg"}
    assert ColumnMapper(followed(mapping, found)).apply(row) == (
        {"vrm": "AB17CDE", "make": "Ford", "price": "1", "photos": "a.jpg"},
        {},
    )


def test_a_member_that_is_only_left_out_at_first_is_still_read() -> None:
    mapping = ColumnMapping({"colour": ColumnSource(("paint.colour",))}, {}, ("paint.colour",))
    mapper = ColumnMapper(followed(mapping, find_drift(mapping, ["colour"])))
    assert mapper.apply({"colour": "red"})[0] == {"colour": "red"}
    assert mapper.apply({"colour": "", "paint.colour": "blue"})[0] == {"colour": "blue"}


def test_a_column_that_only_resembles_the_old_one_is_not_followed() -> None:
    mapping = suggest(["Reg", "Make", "Transmission"]).mapping()
    found = find_drift(mapping, ["Reg", "Make", "Transmision"])
    assert (found.moved, found.lost) == ({}, ("transmission",))
    again = proposed(mapping, found, ["Reg", "Make", "Transmision"])
    assert again.fields["transmission"].headers == ("Transmision",)


def test_what_a_person_chose_survives_a_proposal() -> None:
    mapping = ColumnMapping(
        {
            "vrm": ColumnSource(("Reg",)),
            "price": ColumnSource(("Web",)),
            "mileage": ColumnSource(("Miles",)),
        },
        {"make": "Audi"},
        ("Reg", "Web", "Price", "Miles"),
    )
    headers = ["Reg", "Web", "Price", "Odo", "Colour"]
    again = proposed(mapping, find_drift(mapping, headers), headers)
    assert {name: source.headers for name, source in again.fields.items()} == {
        "vrm": ("Reg",), "price": ("Web",), "mileage": ("Odo",), "colour": ("Colour",),
    }  # fmt: skip
    assert (again.constants, again.known) == ({"make": "Audi"}, tuple(headers))


def test_more_photos_than_before_are_no_drift() -> None:
    mapping = suggest(["id", "image[0].url", "image[1].url"]).mapping()
    assert not find_drift(mapping, ["id", *(f"image[{n}].url" for n in range(20))])


def test_a_column_asks_behind_the_beginning_that_all_names_share() -> None:
    headers = [f"dms_{name}" for name in ("make", "model", "year", "price", "sold", "mileage")]
    mapping = suggest(headers).mapping()
    texts, _ = ColumnMapper(mapping).apply(dict.fromkeys(headers, "Y"))
    assert texts["availability"] == "Y ?sold"
