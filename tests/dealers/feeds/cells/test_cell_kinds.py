"""Ways in which cells are written, each with texts of its own."""

from datetime import date
from decimal import Decimal

import pytest

from dealers.feeds.cells import read_car

TODAY = date(2026, 11, 28)

# By field: the cell, what is read of it, and whether something is said of it.
KINDS: dict[str, dict[str, tuple[object, bool]]] = {
    "engine_cc": {
        "6Cyl": (None, True),
        "V8": (None, True),
        "\u00a3165": (None, True),
        "145": (None, True),
        "18": (None, True),
        "-1598": (None, True),
        "110kW": (None, True),
        "Electric": (None, False),
        "1,998cc": (1998, False),
        "1.998 cc": (1998, False),
        "1.600 l": (1600, False),
        "0.998 litres": (998, False),
        "1.5": (1500, False),
        "3": (3000, False),
        "https://cars.example/2.0-tdi-1968cc": (None, True),
    },
    "co2_g_km": {
        "Euro 5": (None, True),
        "4": (None, True),
        "1.32": (None, True),
        "-104": (None, True),
        "132 gm/km": (132, False),
        "0": (0, False),
        "27": (27, False),
    },
    "power_bhp": {
        "140PS / 103kW": (138, False),
        "81kW (110 PS)": (108, False),
        "1.6": (None, True),
        "110.000 kW": (148, False),
        "-150": (None, True),
        "190bhp": (190, False),
    },
    "mpg": {
        "55.4 mpg (5.1 l/100km)": (Decimal("55.4"), False),
        "Urban 44.1, Combined 52.3, Extra 60.0": (Decimal("52.3"), False),
        "Combined 61.4 / Urban 50.0": (Decimal("61.4"), False),
        "554": (None, True),
        "950": (None, True),
    },
    "mileage": {
        "38,000 miles (61,155 km)": (38000, False),
        "61,155 km (38,000 miles)": (38000, False),
        "14,7": (None, True),
        "31.450": (None, True),
        "31450.000": (31450, False),
        "5.2e4": (52000, False),
        "3.145E+04": (31450, False),
        "over 70000": (None, True),
        "delivery mileage only": (None, True),
        # What is written to a number changes neither its dot nor its comma.
        "65.983kms": (41000, True),
        "12.995mi": (None, True),
        "41.000miles": (None, True),
        "12,3km": (None, True),
        "9,5mls": (None, True),
        "120.5km": (75, True),
        "36,500 - verified": (36500, False),
        "thirty thousand": (None, True),
    },
    "price": {
        "\u00a39,495 or \u00a3189 pcm": (9495, False),
        "\u00a3189 pcm": (None, True),
        "\u00a3150 deposit": (None, True),
        "12.495": (None, True),
        "875.000": (None, True),
        "12495.000": (12495, False),
        "1.2495E+04": (12495, False),
        "twelve thousand": (None, True),
        "&#163;8,250": (8250, False),
        "8\u202f250": (8250, False),
        "\u00a38\u2009250": (8250, False),
        "99999": (None, True),
        "8250 ZAR": (None, True),
        "8250 kr": (None, True),
    },
    "year": {
        "2,016": (2016, False),
        "2O19": (None, True),
        "2016/2017": (None, True),
        "2015 (built 2014)": (None, True),
        "2016 (66)": (2016, False),
        "88": (1988, False),
        "35": (1935, False),
        "19": (2019, False),
        "2140": (None, True),
    },
    "doors": {"3D": (3, False), "1": (None, True), "5 doors": (5, False)},
    "seats": {"5+2": (7, False), "2+2": (4, False), "2+2+2": (6, False), "-4": (None, True)},
    "owners": {"3+": (None, True), "-2": (None, True), "No previous owners": (0, False)},
    "colour": {
        "Sapphire Black": ("black", False),
        "Black Sapphire Metallic": ("black", False),
        "White or Silver": (None, True),
        "Red/Black": (None, True),
        "Silver and Blue": (None, True),
        "Blau": ("blue", False),
        "Grau metallic": ("grey", False),
        "White with black roof": ("white", False),
        "https://img.example/blue/2.jpg": (None, True),
    },
    "fuel": {
        "MHEV Diesel": ("diesel", False),
        "Diesel MHEV": ("diesel", False),
        "Petrol - ULEZ compliant": ("petrol", False),
        "Elektro": ("electric", False),
        "https://cars.example/diesel": (None, True),
    },
    "transmission": {
        "5 speed": (None, True),
        "5 speed manual": ("manual", False),
        "Automatic with manual mode": ("automatic", False),
        "Manual with auto wipers": ("manual", False),
        "Schaltgetriebe": ("manual", False),
    },
    "body_type": {"Chassis Cab": (None, True), "Kombi": (None, True), "Panel Van": ("van", False)},
    "mot_expires_on": {
        "2026-12-31T23:30:00+00:00": (date(2026, 12, 31), False),
        "2027-06-30T23:30:00Z": (date(2027, 7, 1), False),
        "2027-06-30T23:30:00": (date(2027, 6, 30), False),
        "MOT until 03/06/2027": (date(2027, 6, 3), False),
        "June 2027": (None, True),
    },
    "first_registered_on": {"04/2018": (None, True)},
    "vin": {"ZZZZZZZZZZZZZZZZZ": (None, True)},
    "euro_standard": {"Euro 4/5": (None, True), "Euro 6d-TEMP": (6, False)},
    "vat_scheme": {"M": ("margin", False), "Q": ("qualifying", False)},
}
CASES = [
    pytest.param(field, cell, value, is_told, id=f"{field}: {cell}")
    for field, cells in KINDS.items()
    for cell, (value, is_told) in cells.items()
]


@pytest.mark.parametrize(("field", "cell", "value", "is_told"), CASES)
def test_a_cell_is_read_or_told(field: str, cell: str, value: object, is_told: bool) -> None:
    car = read_car({field: cell}, today=TODAY)
    assert car.values.get(field) == value
    assert bool(car.warnings or car.errors) is is_told
