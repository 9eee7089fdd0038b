"""A buyer's place in words, read into one form."""

import pytest

from listings.search.places import read


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("LS1 4AP", "LS1"),
        ("Leeds", "Leeds"),
        (" kingston  upon THAMES", "Kingston upon Thames"),
        ("London East", "East London"),
        ("ls14ap", "LS1"),
        ("  Ls1   4aP ", "LS1"),
        ("LS1 4", "LS1"),
        ("LS14", "LS14"),
        ("ls1", "LS1"),
        ("ls", "LS"),
        ("M1 1AE", "M1"),
        ("b338th", "B33"),
        ("CR2 6XH", "CR2"),
        ("DN551PT", "DN55"),
        ("W1A", "W1A"),
        ("w1a0ax", "W1A"),
        ("EC1A 1BB", "EC1A"),
        ("53.8,-1.55", "53.8000,-1.5500"),
        ("53.80001, -1.55", "53.8000,-1.5500"),
        ("+5,-0.00001", "5.0000,0.0000"),
        ("90,180", "90.0000,180.0000"),
        ("ELY", "Ely"),
        ("the Midlands", "Midlands"),
        ("Ynys M\u00f4n", "Anglesey"),
        ("herts", "Hertfordshire"),
        ("hull", "Kingston upon Hull"),
        ("saint albans", "St Albans"),
        ("bishops stortford", "Bishop's Stortford"),
        ("Hammersmith & Fulham", "Hammersmith and Fulham"),
    ],
)
def test_every_way_to_write_a_place_has_one_form(text: str, place: str) -> None:
    assert read(text) == place
    assert read(place) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "QQ1",
        "BF1 0AA",
        "LS1 4CP",
        "LS 14AP",
        "LS1 4A",
        "LS1234",
        "Leeds City",
        "Elyy",
        "Kent Kent",
        "1",
        "1,",
        "91,0",
        "0,181",
        "-90.1,0",
        "nan,0",
        "inf,0",
        "1e1,0",
        "53.8,-1.55,3",
        "53.8;-1.55",
        "\u0665,1",
        "\uff2c\uff331",
        "L\u017f1",
        "53.8," + "1" * 50,
        "LS1\x00",
    ],
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(Must be|There is no postcode area|Latitude is)"):
        read(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Newcastle", "Newcastle upon Tyne"),
        ("newcastle-under-lyme", "Newcastle-under-Lyme"),
        ("Newcastle, Northern Ireland", "Newcastle, County Down"),
        ("Ashford", "Ashford"),
        ("ashford kent", "Ashford"),
        ("Ashford, Surrey", "Ashford, Surrey"),
        ("Ashford, Middlesex", "Ashford, Surrey"),
        ("Newport", "Newport"),
        ("Newport, Wales", "Newport"),
        ("newport salop", "Newport, Shropshire"),
        ("Bangor, North Wales", "Bangor, Gwynedd"),
        ("Richmond", "Richmond"),
        ("Richmond, Yorkshire", "Richmond, North Yorkshire"),
        ("Leeds, West Yorkshire", "Leeds"),
    ],
)
def test_of_places_with_one_name_the_larger_is_meant_unless_it_says_where(
    text: str, place: str
) -> None:
    assert read(text) == place


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Leds", "Leeds"), ("manchestr", "Manchester"), ("newcastel", "Newcastle upon Tyne")],
)
def test_an_unknown_name_is_told_the_one_that_was_meant(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=rf"Did you mean {meant}\?$"):
        read(text)


def test_a_town_in_another_county_is_no_place() -> None:
    with pytest.raises(ValueError, match=r"^Must be"):
        read("Leeds, Kent")
