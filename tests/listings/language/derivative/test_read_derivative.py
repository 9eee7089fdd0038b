"""Derivatives as UK dealers write them, and the traps in them."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.choices import BodyType, Drivetrain, EuroStandard, Fuel, Transmission
from listings.language.derivative import ParsedDerivative, read
from tests.listings.language.derivative.corpus import labelled
from tests.marketplace.linear.growth import least_seconds

# Half of what one idle core must do, so that a busy machine fails nothing.
READINGS_PER_SECOND_MIN = 10_000


def test_a_diesel_with_everything_stated() -> None:
    assert read("2.0 320d M Sport Step Auto xDrive Euro 6 (s/s) 5dr") == ParsedDerivative(
        engine_litres=Decimal("2.0"),
        fuel=Fuel.DIESEL,
        transmission=Transmission.AUTOMATIC,
        drivetrain=Drivetrain.FOUR_WHEEL,
        euro_standard=EuroStandard.EURO_6,
        stop_start=True,
        doors=5,
        badge="320d",
        trim="M Sport",
        gearbox="Step Auto",
        drive="xDrive",
    )


def test_an_electric_car_keeps_its_number_in_the_trim() -> None:
    assert read("35 70.2kWh Sport Gran Coupe Auto eDrive 5dr") == ParsedDerivative(
        battery_kwh=Decimal("70.2"),
        fuel=Fuel.ELECTRIC,
        transmission=Transmission.AUTOMATIC,
        doors=5,
        trim="35 Sport Gran Coupe",
        gearbox="Auto",
        drive="eDrive",
    )


def test_litres_may_stand_at_the_end_and_packs_in_brackets() -> None:
    parsed = read("220d M Sport 5dr [Nav] Step Auto 2.0")
    assert parsed.engine_litres == Decimal("2.0")
    assert (parsed.trim, parsed.options) == ("M Sport", ("Nav",))


def test_a_trim_may_be_a_number() -> None:
    parsed = read("1.6 CRDi ISG 2 5dr DCT Auto")
    assert (parsed.trim, parsed.doors, parsed.stop_start) == ("2", 5, True)


def test_a_vans_weight_class_is_no_power() -> None:
    parsed = read("2.0 350 EcoBlue FWD L2 H3 Euro 6 5dr")
    assert (parsed.power_ps, parsed.brake_horsepower) == (None, None)
    assert parsed.trim == "350 L2 H3"


def test_ps_and_kw_become_bhp() -> None:
    assert read("2.0 TDI 150 SE 5dr").brake_horsepower == 148
    assert read("2.0 TDI 110 kW SE").brake_horsepower == 148
    assert read("150kW 58kWh 5dr Auto").brake_horsepower == 201
    assert read("1.2 Lounge 3dr (69 bhp)").brake_horsepower == 69


@pytest.mark.parametrize(
    "text",
    [
        "Autobiography",
        "Auto Lights",
        "Automatic Tailgate",
        "Manual Roof",
        "Gearshift Paddles",
        "7 Speed",
        "Automatic/Manual",
        "Manual Automatic",
    ],
)
def test_what_is_no_gearbox_states_none(text: str) -> None:
    assert read(text).transmission is None


@pytest.mark.parametrize(
    "text",
    [
        "5.9 V12 TouchtronicIII",  # a generation written to the name
        "2.0 SMG2",
        "1.6 Steptron",  # a name that was cut off
        "1.2 Quickshif 5dr",
        "1.6 XtronicCVT",  # two names in one word
        "3.5 V6 IPS",
        "1.8 M-Drive S",
        "1.0 5AT",
        "3.6 Modena F1",
    ],
)
def test_automatics_of_many_makers(text: str) -> None:
    assert read(text).transmission == Transmission.AUTOMATIC


@pytest.mark.parametrize(
    "text", ["2.0 R26 F1 Team", "1.2 Comfort", "No Auto", "1.4 Active", "Touch"]
)
def test_words_that_look_like_automatics_are_none(text: str) -> None:
    assert read(text).transmission is None


def test_a_number_written_to_a_badge_is_the_power() -> None:
    assert (read("1.9 TDI105 SE").power_ps, read("2.0 EcoBlue350").power_ps) == (105, None)


def test_a_body_named_beside_other_words_in_a_bracket_is_an_option() -> None:
    parsed = read("2.0 TDI SE [Avant Look]")
    assert (parsed.body_type, parsed.options) == (None, ("Avant Look",))
    assert read("2.0 TDI SE [Avant]").body_type == BodyType.ESTATE


def test_a_reading_tells_which_words_decided_each_field() -> None:
    assert read("2.0 TDI 150 S-Tronic quattro 5 Door").deciding_words == {
        "engine_litres": ("2.0",),
        "power_ps": ("150",),
        "fuel": ("TDI",),
        "transmission": ("S-Tronic",),
        "drivetrain": ("quattro",),
        "doors": ("5 Door",),
    }


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("5-dr", 5),
        ("5 Door", 5),
        ("3Dr", 3),
        ("[5 Dr]", 5),
        ("5dr.", 5),
        ("4 Door Coupe", None),
        ("GT 4-Door Coupe 5dr", 5),
        ("3dr 5dr", None),
        ("1.2 TSI SE 5d", 5),
        ("3d Sound 5dr", 5),
        ("3/5 Door", None),
        ("9dr", None),
        ("Model 3", None),
        ("225/45 R18", None),
    ],
)
def test_doors(text: str, doors: int | None) -> None:
    assert read(text).doors == doors


@pytest.mark.parametrize(
    ("text", "litres"),
    [
        ("1,6 HDi", "1.6"),
        ("2.0TDI", "2.0"),
        ("1.4i", "1.4"),
        ("2.0 Litre", "2.0"),
        ("2 litre", "2"),
        ("2148CC", "2.1"),
        ("2.0T", "2.0"),
        ("2.1 314 CDI 3.5t", "2.1"),
        ("3.5t", None),
        ("10.25 inch", None),
        ("8.0 inch", None),
        ("9.2kWh", None),
        ("9.2 kWh", None),
        ("Euro 6.2", None),
        ("208", None),
        ("C4", None),
    ],
)
def test_litres(text: str, litres: str | None) -> None:
    assert read(text).engine_litres == (None if litres is None else Decimal(litres))


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("EU6", 6),
        ("Euro VI", 6),
        ("E6", 6),
        ("Euro 6d-TEMP", 6),
        ("Euro5b", 5),
        ("Euro NCAP", None),
        ("E 6.2", None),
        ("Euro 9", None),
    ],
)
def test_euro_standard(text: str, standard: int | None) -> None:
    assert read(text).euro_standard == standard


@pytest.mark.parametrize(
    ("text", "fuel"),
    [
        ("1.5 dCi", Fuel.DIESEL),
        ("Turbo Diesel", Fuel.DIESEL),
        ("1.0 EcoBoost Hybrid mHEV", Fuel.PETROL),
        ("2.0 TDI MHEV", Fuel.DIESEL),
        ("2.0 MHEV", None),
        ("1.8 VVT-i Hybrid", Fuel.HYBRID),
        ("1.4 TFSI e-tron", Fuel.PLUG_IN_HYBRID),
        ("e-tron", None),
        ("C300de", Fuel.PLUG_IN_HYBRID),
        ("E300 d 4MATIC", Fuel.DIESEL),
        ("C 300 e", Fuel.PLUG_IN_HYBRID),
        ("1.2 60 E", None),
        ("500e 42kWh", Fuel.ELECTRIC),
        ("P100D", Fuel.ELECTRIC),
        ("Electric Seats", None),
        ("Petrol/LPG", Fuel.LPG),
        ("Petrol Diesel", None),
        ("TDI TSI", None),
        ("Turbo S", None),
        ("T5 Startline", None),
        ("2.0 T5", Fuel.PETROL),
        ("Hydrogen", Fuel.HYDROGEN),
        ("350kW Performance Long Range AWD", Fuel.ELECTRIC),
        ("2.0 110kW SE", None),
        ("1.6 T. Spark Veloce", Fuel.PETROL),
        ("2.2 TD4_e GS", Fuel.DIESEL),
        ("E320L d", Fuel.DIESEL),
        ("B180CDI Sport", Fuel.DIESEL),
        ("1.4 TB Distinctive", Fuel.PETROL),
        ("1.0 VVT x-play", Fuel.PETROL),
        ("1.6 TDCi Zetec VI", Fuel.DIESEL),
        ("1.4 Zetec Mk IV 5dr", None),
        ("1.5 TSI iV SE", Fuel.PLUG_IN_HYBRID),
        ("1.5 dCi Rev Cam", Fuel.DIESEL),
        ("170kW R-EV", Fuel.PLUG_IN_HYBRID),
        ("1.0 TSI + EV cable", Fuel.PETROL),
        ("1.2 Hybrid charger", None),
        ("non Hybrid", None),
        ("2.2 Diesel Electric Memory Seats", Fuel.DIESEL),
        ("1.6 CRDi [Hybrid look, EV Ready]", Fuel.DIESEL),
        ("1.4 TSI EV", None),
    ],
)
def test_fuel(text: str, fuel: Fuel | None) -> None:
    assert read(text).fuel == fuel


def test_a_coupe_with_four_doors_is_no_coupe() -> None:
    assert read("GLC 300 Coupe 5dr").body_type is None
    assert read("420i Coupe 2dr").body_type == BodyType.COUPE


def test_a_bare_ss_is_a_trim() -> None:
    assert read("6.2 V8 SS 2dr").stop_start is None
    assert read("5.0 V8 4dr [ss]").stop_start is True


def test_case_and_spaces_do_not_matter() -> None:
    assert read("1.0  ECOBOOST  titanium 5DR").doors == 5
    assert read("1.0 EcoBoost Titanium 5dr") == read("1.0  ecoboost\u00a0Titanium\t5DR")


@given(st.text(max_size=300) | st.text("5dr .[](2kWh0+/", max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(read(text), ParsedDerivative)


@pytest.mark.parametrize("piece", ["5", "1.", "[", "5 + ", "Auto ", "e-", "1,1", "é", "\x00", "🚗"])
def test_a_very_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 0.5


def test_thousands_are_read_in_a_second() -> None:
    texts = [row.derivative for row in labelled()]
    seconds_max = len(texts) / READINGS_PER_SECOND_MIN
    seconds = least_seconds(lambda: [read(text) for text in texts], until=seconds_max)
    assert seconds < seconds_max
