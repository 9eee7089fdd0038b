"""Ways in which derivatives are written, each with texts of its own."""

from decimal import Decimal

import pytest

from listings.language.derivative import read

# What each text states; None where nothing may be read.
KINDS: dict[str, dict[str, dict[str, object]]] = {
    "words joined by slashes, hyphens or underscores": {
        "SPORT/1.5/TSI/150PS/5DR/DSG": {
            "engine_litres": Decimal("1.5"),
            "fuel": "petrol",
            "doors": 5,
            "transmission": "automatic",
            "power_ps": 150,
        },
        "TITANIUM-1.6TDCI-115PS-3DR-MANUAL": {
            "engine_litres": Decimal("1.6"),
            "fuel": "diesel",
            "doors": 3,
            "transmission": "manual",
        },
        "2.0_HDI_SX_5DR": {"engine_litres": Decimal("2.0"), "fuel": "diesel", "doors": 5},
        "1.2 Active 5dr Nav/DAB": {"trim": "Active Nav/DAB"},
        "118i 100kW/136PS SE 5dr": {"power_ps": 136, "fuel": "petrol"},
        "2.0 TDI manual/auto 5dr": {"transmission": None, "fuel": "diesel"},
        "1.4 T-Jet Lounge 3dr s/s": {"stop_start": True, "fuel": "petrol"},
    },
    "doors": {
        "1.8 tdci ghia 5d 115 bhp": {"doors": 5, "fuel": "diesel"},
        "ALLURE 1.6 4D diesel": {"doors": 4, "fuel": "diesel"},
        "1.0 Ice five door": {"doors": 5},
        "1.3 SR three-door": {"doors": 3},
        "Cooper two doors": {"doors": 2},
        "1.6 Sport 3 dr not 5 dr": {"doors": 3},
        "1.4 Tekna 3D maps 5dr": {"doors": 5},
        "1.4 Tekna 5dr 3D sat nav": {"doors": 5},
        "1.6 Elegance 5 portes": {"doors": 5},
        "2.0 Kombi 5 T\u00fcrer": {"doors": 5},
    },
    "seats": {
        "2.0 TSI SE 5dr DSG 7 seats": {"seats": 7, "transmission": "automatic", "doors": 5},
        "1.6 dCi Tekna seven seats": {"seats": 7, "fuel": "diesel"},
        "2.2 CRDi 6 individual seats 5dr": {"seats": 6, "doors": 5},
        "1.5 EDC 5 seater": {"seats": 5, "transmission": "automatic"},
    },
    "gearboxes": {
        "C 250 AMG Line 2dr 8G-TRONIC PLUS": {"transmission": "automatic"},
        "2.4 D5 SE G/Tronic 4dr": {"transmission": "automatic", "fuel": "diesel"},
        "1.8 TFSI S.Tronic 3dr": {"transmission": "automatic", "fuel": "petrol"},
        "1.6 TDI d.s.g 5dr": {"transmission": "automatic"},
        "1.9 JTD AT8 5dr": {"transmission": "automatic"},
        "1.5 S Apple CarPlay/Android Auto 5dr": {"transmission": None, "doors": 5},
        "1.0 SE with Android Auto": {"transmission": None},
        "1.5 dCi boot auto open 5dr": {"transmission": None},
        "2.0 TDI tailgate auto closing manual": {"transmission": "manual"},
    },
    "fuels": {
        "1.9 dT RN 5dr": {"fuel": "diesel"},
        "2.0 CDT SE 4dr": {"fuel": "diesel"},
        "2.0 TDIe Avant SE": {"fuel": "diesel"},
        "2.0 IDE Privilege 3dr": {"fuel": "petrol"},
        "Cooper S D Countryman 5dr": {"fuel": "diesel"},
        "2.0 VVT-i D4 T3-X 3dr": {"fuel": "petrol"},
        "2.0 D4 Momentum 5dr": {"fuel": "diesel"},
        "T4 [180] R Design 5dr": {"fuel": "petrol"},
        "T3 Inscription 5dr Auto": {"fuel": "petrol"},
        "T5 2.0 TDI Highline 5dr": {"fuel": "diesel"},
        "T6 Highline swb van": {"fuel": None},
        "2.0d TS Tecno 5dr": {"fuel": "diesel"},
        "2.0F Titanium 5dr": {"engine_litres": Decimal("2.0")},
        "0.9 by Diesel 2dr": {"fuel": None},
        "1.8 SE LPG removed 5dr": {"fuel": None},
        "1.8 Design (LPG conversion) 5dr": {"fuel": "lpg"},
        "2.5 Icon non plug-in hybrid 5dr": {"fuel": "hybrid"},
        "1.6 GDi not hybrid 5dr": {"fuel": "petrol"},
    },
    "what is of the engine and no trim": {
        "1.4i 16V Comfort 5d Easytronic": {"trim": "Comfort", "doors": 5},
        "1.7Di 16V Club 3d": {"trim": "Club", "fuel": "diesel", "engine_litres": Decimal("1.7")},
        "2.0 TDI CR 140 Sport 5dr": {"trim": "Sport", "power_ps": 140},
        "1.6 TDI BlueMotion Tech 105 Match 5dr": {"trim": "Match", "power_ps": 105},
        "1.5 TSI EVO 130 Life 5dr": {"trim": "Life", "power_ps": 130, "fuel": "petrol"},
        "35 TFSI Black Edition 5dr S Tronic": {"trim": "Black Edition", "fuel": "petrol"},
        "50 TDI Quattro S Line 5dr Tiptronic": {"trim": "S Line", "fuel": "diesel"},
        "C220 CDI Blue Efficiency Executive SE 4dr": {"trim": "Executive SE", "fuel": "diesel"},
        "B200 Exclusive Edition 5dr Auto": {"trim": "Exclusive Edition", "fuel": None},
        "2.0 Evo X GSR 4dr": {"trim": "Evo X GSR"},
    },
    "numbers that are no engine": {
        "Allure 10.1 touchscreen 5dr": {"engine_litres": None},
        'SE 8.0" display 5dr': {"engine_litres": None, "doors": 5},
        'S 1.2 7.0" nav 5dr': {"engine_litres": Decimal("1.2")},
        "Mk 2.5 ST 3dr": {"engine_litres": None},
        "phase 1.5 RS 3dr": {"engine_litres": None},
        "1.4 or 1.6 LX 5dr": {"engine_litres": None, "doors": 5},
        "Style 64kWh 11kW charger 5dr": {"power_kw": None, "battery_kwh": Decimal(64)},
        "Style 64kWh 100kW DC 5dr": {"power_kw": None},
        "First 62kWh 125kW rapid charging": {"power_kw": None},
        "First 62kWh 150kW 5dr": {"power_kw": 150, "fuel": "electric"},
    },
    "bodies": {
        "2.0 CRDi Premium Tourer": {"body_type": "estate"},
        "1.6 HDi SR Break 5dr": {"body_type": "estate"},
        "2.0 TDI Highline Variant": {"body_type": "estate"},
        "1.9 CDTI SE EST 5dr": {"body_type": "estate"},
        "2.5 DI-D Warrior Double Cab": {"body_type": "pickup"},
        "3.2 TDCi Wildtrak D/Cab 4x4": {"body_type": "pickup", "drivetrain": "four_wheel"},
        "2.2 TDCi Double Cab Tipper": {"body_type": None},
        "1.6 C+C Urban": {"body_type": "convertible"},
        "1.6 Style estate agents car 5dr": {"body_type": None},
        "1.2 delivered by van 5dr": {"body_type": None},
        "1.9 TDI (quattro badge) 5dr": {"drivetrain": None},
        "2.0 TDI (quattro) 5dr": {"drivetrain": "four_wheel"},
        "2.0 Cooper ALL 4 5dr": {"drivetrain": "four_wheel"},
        "1.4 220 Active Tourer 5dr": {"body_type": "mpv"},
    },
}
CASES = [
    pytest.param(text, stated, id=text)
    for texts in KINDS.values()
    for text, stated in texts.items()
]


@pytest.mark.parametrize(("text", "stated"), CASES)
def test_a_derivative_is_read_as_its_kind_is_written(text: str, stated: dict[str, object]) -> None:
    parsed = read(text)
    assert {name: getattr(parsed, name) for name in stated} == stated
