"""Fuels, gearboxes, bodies, colours and their like, in every spelling."""

import pytest

from dealers.feeds.cells import choices
from dealers.feeds.cells.cell import BLANK, UNSAID


def _check(reader: object, text: str, value: str | None) -> None:
    read = reader(text)  # type: ignore[operator]
    assert (read.value, read.code) == (value, "")


@pytest.mark.parametrize(
    ("text", "fuel"),
    [
        ("Petrol", "petrol"),
        ("gasoline", "petrol"),
        ("UNLEADED", "petrol"),
        ("P", "petrol"),
        ("Diesel", "diesel"),
        ("HEAVY OIL", "diesel"),
        ("Electric", "electric"),
        ("EV", "electric"),
        ("Hybrid", "hybrid"),
        ("Petrol / electric hy", "hybrid"),
        ("Petrol/Elec", "hybrid"),
        ("Diesel/Electric", "hybrid"),
        ("HYBRID ELECTRIC", "hybrid"),
        ("petrol hyb", "hybrid"),
        ("Petrol Plug-in Hybrid", "plug_in_hybrid"),
        ("Petrol/PlugIn Elec H", "plug_in_hybrid"),
        ("PLUGIN_HYBRID", "plug_in_hybrid"),
        ("Mild Hybrid Petrol", "petrol"),
        ("Diesel MHEV", "diesel"),
        ("Bi Fuel", "lpg"),
        ("Petrol/LPG", "lpg"),
        ("Hydrogen", "hydrogen"),
    ],
)
def test_fuels(text: str, fuel: str) -> None:
    _check(choices.read_fuel, text, fuel)


@pytest.mark.parametrize(
    ("text", "transmission"),
    [
        ("Semi-Auto", "automatic"),
        ("AUTOMATIC", "automatic"),
        ("DSG", "automatic"),
        ("CVT", "automatic"),
        ("A", "automatic"),
        ("Automatic with manual mode", "automatic"),
        ("Manual", "manual"),
        ("6 Speed Manual", "manual"),
        ("M", "manual"),
    ],
)
def test_transmissions(text: str, transmission: str) -> None:
    _check(choices.read_transmission, text, transmission)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("5 Dr Hatch", "hatchback"),
        ("Sportback", "hatchback"),
        ("SEDAN", "saloon"),
        ("Tourer", "estate"),
        ("4x4", "suv"),
        ("CROSSOVER", "suv"),
        ("Coupe Cabriolet", "convertible"),
        ("2 Door Coupe", "coupe"),
        ("MINIVAN", "mpv"),
        ("People Carrier", "mpv"),
        ("Double Cab Pick Up", "pickup"),
        ("TRUCK", "pickup"),
        ("Panel Van", "van"),
        ("Car Derived Van", "van"),
        ("Mini Bus", "minibus"),
    ],
)
def test_bodies(text: str, body: str) -> None:
    _check(choices.read_body, text, body)


def test_a_body_may_state_the_doors() -> None:
    assert choices.doors_of_body("5 Dr Hatch") == 5
    assert choices.doors_of_body("Hatchback") is None


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("Metallic Deep Sea Blue", "blue"),
        ("Gray", "grey"),
        ("Silver Grey", "grey"),
        ("Black with red roof", "black"),
        ("Gunmetal", "grey"),
        ("Burgundy", "maroon"),
        ("Multi-Coloured", "multicolour"),
    ],
)
def test_colours(text: str, colour: str) -> None:
    _check(choices.read_colour, text, colour)


@pytest.mark.parametrize(
    ("text", "drivetrain"),
    [
        ("FWD", "front_wheel"),
        ("Rear Wheel Drive", "rear_wheel"),
        ("4x4", "four_wheel"),
        ("quattro", "four_wheel"),
        ("Y", "four_wheel"),
        ("N", UNSAID),
        ("2WD", UNSAID),
    ],
)
def test_drivetrains(text: str, drivetrain: str) -> None:
    _check(choices.read_drivetrain, text, drivetrain)


@pytest.mark.parametrize(
    ("text", "history"),
    [
        ("Full service history", "full"),
        ("FSH", "full"),
        ("Full dealership history", "full_dealer"),
        ("FMDSH", "full_dealer"),
        ("Part service history", "partial"),
        ("None", "none"),
        ("No service history", "none"),
        ("N", "none"),
        ("Yes", UNSAID),
    ],
)
def test_service_histories(text: str, history: str) -> None:
    _check(choices.read_service_history, text, history)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("VAT Qualifying", "qualifying"),
        ("Y", "qualifying"),
        ("1", "qualifying"),
        ("True", "qualifying"),
        ("Plus VAT", "qualifying"),
        ("Margin", "margin"),
        ("Non-qualifying", "margin"),
        ("No VAT", "margin"),
        ("0", "margin"),
        ("N", "margin"),
    ],
)
def test_vat_schemes(text: str, scheme: str) -> None:
    _check(choices.read_vat, text, scheme)


@pytest.mark.parametrize(
    ("text", "standard"),
    [("Euro 6", 6), ("6", 6), ("EU5", 5), ("Euro VI", 6), ("6d-TEMP", 6), ("EURO 6.2", 6)],
)
def test_euro_standards(text: str, standard: int) -> None:
    read = choices.read_euro(text)
    assert (read.value, read.code) == (standard, "")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Cat S", "s"),
        ("D", "d"),
        ("CAT-N", "n"),
        ("N category", "n"),
        ("Insurance Category S (structural)", "s"),
        ("No", None),
        ("None", None),
        ("None category", None),
        ("Clear", None),
        ("HPI Clear", None),
        ("Not recorded", None),
        ("False", None),
    ],
)
def test_write_offs(text: str, category: str | None) -> None:
    _check(choices.read_write_off, text, category)


@pytest.mark.parametrize(
    ("text", "code", "is_error"),
    [
        ("Cat A", "scrapped_car", True),
        ("B", "scrapped_car", True),
        ("Yes", "unknown_write_off", True),
        ("Cat X", "unknown_write_off", True),
        ("N", "ambiguous_write_off", False),
    ],
)
def test_write_offs_that_may_not_or_cannot_be_shown(text: str, code: str, is_error: bool) -> None:
    read = choices.read_write_off(text)
    assert (read.value, read.code, read.is_error) == (UNSAID, code, is_error)


@pytest.mark.parametrize(
    "reader",
    [
        choices.read_fuel,
        choices.read_transmission,
        choices.read_body,
        choices.read_colour,
        choices.read_drivetrain,
        choices.read_euro,
        choices.read_vat,
    ],
)
def test_what_is_none_of_the_choices_is_a_warning(reader: object) -> None:
    read = reader("steam & sails")  # type: ignore[operator]
    assert (read.value, read.is_error) == (UNSAID, False)
    assert read.code.startswith("unreadable_")
    for text in ("", "N/A", "Unknown", "other", "nan", "Not specified"):
        assert reader(text) is BLANK  # type: ignore[operator]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Y = full", "full"),
        ("true = full", "full"),
        ("FSH = full", "full"),
        ("Full dealer history = full", "full_dealer"),
        ("Part = full", "partial"),
        ("N = full", UNSAID),
        ("false = full", UNSAID),
        ("0 = full", UNSAID),
        (" = full", UNSAID),
        ("No", "none"),
        ("Yes", UNSAID),
    ],
)
def test_no_full_history_is_not_none_at_all(cell: str, value: object) -> None:
    read = choices.read_service_history(cell)
    assert (read.value, read.is_error) == (value, False)


@pytest.mark.parametrize("engine", ["Petrol", "Diesel"])
@pytest.mark.parametrize("mild", ["Mild Hybrid", "MHEV", "mild-hybrid"])
def test_a_mild_hybrid_is_what_it_burns(engine: str, mild: str) -> None:
    for written in (f"{engine}/Electric {mild}", f"{engine} {mild}", f"{mild} {engine}"):
        assert choices.read_fuel(written).value == engine.lower()
    assert choices.read_fuel(f"{engine}/Electric Hybrid").value == "hybrid"
