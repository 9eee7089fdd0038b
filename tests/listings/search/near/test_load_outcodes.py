"""`manage.py load_outcodes`: a table of outcodes from a file."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from listings.models import Outcode
from tests import make

pytestmark = pytest.mark.django_db

TABLE = """postcode,eastings,northings,latitude,longitude,town,region
LS1,429900,433800,53.7965,-1.5478,Leeds,Leeds
M3,383400,398700,53.4841,-2.2511,Manchester,Manchester
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outcodes.csv"


def load(path: Path, text: str, *options: str, encoding: str = "utf-8") -> str:
    path.write_text(text, encoding=encoding)
    out = StringIO()
    call_command("load_outcodes", str(path), *options, stdout=out)
    return out.getvalue()


def rows() -> list[tuple[str, float, float, str]]:
    return list(Outcode.objects.values_list("code", "latitude", "longitude", "town"))


def test_a_table_is_loaded_once(path: Path) -> None:
    assert load(path, TABLE) == "Outcodes: 2 added, 0 changed, 0 as they were.\n"
    loaded = [("LS1", 53.7965, -1.5478, "Leeds"), ("M3", 53.4841, -2.2511, "Manchester")]
    assert rows() == loaded
    assert load(path, TABLE) == "Outcodes: 0 added, 0 changed, 2 as they were.\n"
    assert rows() == loaded


def test_a_newer_table_moves_what_differs_and_keeps_the_rest(path: Path) -> None:
    load(path, TABLE)
    newer = "outcode,lat,lng\nLS1,53.8,-1.5\nM4,53.48,-2.23\n"
    assert load(path, newer) == "Outcodes: 1 added, 1 changed, 0 as they were.\n"
    assert rows() == [
        ("LS1", 53.8, -1.5, ""),
        ("M3", 53.4841, -2.2511, "Manchester"),
        ("M4", 53.48, -2.23, ""),
    ]


def test_columns_are_known_in_any_order_and_case(path: Path) -> None:
    table = "Town, LONGITUDE ,Latitude,Postcode\r\nLeeds,-1.5478,53.7965, ls1 \r\n"
    load(path, table, encoding="utf-8-sig")
    assert rows() == [("LS1", 53.7965, -1.5478, "Leeds")]


def test_a_table_with_bad_lines_names_them_and_loads_nothing(path: Path) -> None:
    bad = "LS1,1,1,53.7,-1.5,Leeds,\nLeeds,1,1,53.7,-1.5,,\nM4,1,1,91,0,,\nM5,1,1,nan,0,,\nM6\n"
    with pytest.raises(CommandError) as refusal:
        load(path, TABLE + bad)
    assert str(refusal.value).splitlines() == [
        "5 lines cannot be read; nothing was loaded.",
        "line 4: LS1 is there twice.",
        "line 5: 'Leeds' is not an outcode such as LS1.",
        "line 6: latitude must be from -90 to 90 degrees, not '91'.",
        "line 7: latitude must be from -90 to 90 degrees, not 'nan'.",
        "line 8: latitude must be from -90 to 90 degrees, not ''.",
    ]
    assert rows() == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "missing: postcode or outcode or district or code; latitude or lat; longitude"),
        ("postcode,latitude\nLS1,53\n", "missing: longitude or long or lng or lon."),
        ("postcode,latitude,longitude\n", "The table has no rows."),
        ('postcode,latitude,longitude\nLS1,"53\n', "1 lines cannot be read"),
    ],
)
def test_what_is_no_table_is_refused(path: Path, text: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        load(path, text)
    assert rows() == []


def test_a_file_that_cannot_be_read_is_refused(path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("load_outcodes", str(path))
    path.write_bytes(b"postcode,latitude,longitude,town\nLS1,53,-1,Leeds\xff\n")
    with pytest.raises(CommandError, match="is not UTF-8"):
        call_command("load_outcodes", str(path))


def test_branches_without_coordinates_are_located(path: Path) -> None:
    lost = make.branch(postcode="ls1 4AP")
    compact = make.branch(postcode="M34LZ")
    unknown = make.branch(postcode="ZE1 0AA")
    placed = make.branch(postcode="LS1 4AP", latitude=53.0, longitude=-1.0)
    assert "Branches: 2 located.\n" in load(path, TABLE, "--locate-branches")
    for row in (lost, compact, unknown, placed):
        row.refresh_from_db()
    assert (lost.latitude, lost.longitude) == (53.7965, -1.5478)
    assert (compact.latitude, compact.longitude) == (53.4841, -2.2511)
    assert (unknown.latitude, unknown.longitude) == (None, None)
    assert (placed.latitude, placed.longitude) == (53.0, -1.0)
    assert "Branches: 0 located.\n" in load(path, TABLE, "--locate-branches")
