"""A derivative is written in the trade's order and reads back as itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.language.derivative import read, write
from tests.listings.language.derivative.corpus import labelled

ENGINES = ("2.0 TDI", "1.4i", "2.0T", "320d", "1.6 VVT-i Hybrid", "2.2d", "1.5 Turbo D", "P400e")
TRIMS = ("M Sport", "SE L", "2", "ST-Line X", "Vogue SE", "350 Leader", "S", "Gran Coupe Sport")
PARTS = (
    ("5dr", "3 Door", "[4dr]"),
    ("Auto", "S Tronic", "DCT Auto", "Man", "6 Speed Manual"),
    ("quattro", "FWD", "2WD"),
    ("Euro 6", "EU5"),
    ("(s/s)", "ISG"),
    ("7 Seat", "2 + 2"),
    ("[Nav]", "[Tech Pack/Sun Roof]"),
    ("(150 ps)", "58kWh", "110kW"),
    ("Touring", "Panel Van", "Coupe", "Saloon"),
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("3.0 Tdv6 Vogue 4dr Auto", "3.0 TDV6 Vogue Auto 4dr"),
        (
            "5.0 V8 Supercharged Autobiography 4dr Auto [ss]",
            "5.0 V8 Supercharged Autobiography Auto (s/s) 4dr",
        ),
        ("220d M Sport 5dr [Nav] Step Auto 2.0", "2.0 220d M Sport Step Auto 5dr [Nav]"),
        ("2.0 350 EcoBlue FWD L2 H3 Euro 6 5dr", "2.0 EcoBlue 350 L2 H3 FWD Euro 6 5dr"),
        (
            "35 70.2kWh Sport Gran Coupe Auto eDrive 5dr",
            "70.2kWh 35 Sport Gran Coupe Auto eDrive 5dr",
        ),
        ("3.5 V6 400 Euro 6 2dr 2 + 2", "3.5 V6 400 Euro 6 2dr [4 Seat]"),
        ("1.4i SXi [90] 3dr", "1.4i SXi 3dr (90 ps)"),
    ],
)
def test_the_usual_order(text: str, written: str) -> None:
    assert write(read(text)) == written


def test_every_derivative_of_the_corpus_reads_back_as_itself() -> None:
    for row in labelled():
        parsed = read(row.derivative)
        assert read(write(parsed)) == parsed, row.derivative


@st.composite
def derivatives(draw: st.DrawFn) -> str:
    """Real pieces in any order, the engine's letters always with its size."""
    optional = [draw(st.sampled_from(("", *part))) for part in PARTS]
    pieces = [draw(st.sampled_from(ENGINES)), draw(st.sampled_from(TRIMS)), *optional]
    return " ".join(draw(st.permutations([piece for piece in pieces if piece])))


@given(derivatives())
def test_any_order_reads_back_as_itself(text: str) -> None:
    parsed = read(text)
    assert read(write(parsed)) == parsed


@given(derivatives())
def test_writing_twice_changes_nothing(text: str) -> None:
    written = write(read(text))
    assert write(read(written)) == written
