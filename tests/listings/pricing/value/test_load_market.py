"""A table of asking prices is read whole or not at all, and replaces the one of its name."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from listings.catalogue import merge_model
from listings.choices import BodyType, Fuel, Transmission
from listings.models import AskingPrice, AskingPriceTable
from tests import make

pytestmark = pytest.mark.django_db

HEAD = "model,year,price,transmission,mileage,fuelType,tax,mpg,engineSize,make"
FIESTA = " Fiesta,2017,12000,Semi-Auto,15944,Petrol,150,57.7,1.0,Ford"
GOLF = " Golf,2016,11500,Manual,30100,Other,0,0.0,0,Volkswagen"


@pytest.fixture(autouse=True)
def catalogue() -> None:
    make.model("Fiesta", make.make("Ford"))
    make.model("Golf", make.make("Volkswagen"))


def table(folder: Path, *lines: str, head: str = HEAD) -> str:
    path = folder / "spring.csv"
    path.write_text("\n".join((head, *lines)) + "\n")
    return str(path)


def load(path: str, *options: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("load_market", path, *options)
    return capsys.readouterr().out


def test_a_table_becomes_rows_of_the_catalogues_models(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = load(table(tmp_path, FIESTA, GOLF), "--date", "2026-03-31", capsys=capsys)

    assert said == "2 asking prices loaded as spring.\n"
    stored = AskingPriceTable.objects.get()
    assert (stored.name, stored.dated_on, stored.rows) == ("spring", date(2026, 3, 31), 2)
    fiesta, golf = AskingPrice.objects.select_related("model__make").order_by("line")
    assert (fiesta.line, fiesta.model.make.name, fiesta.model.name) == (2, "Ford", "Fiesta")
    assert (fiesta.year, fiesta.mileage, fiesta.price) == (2017, 15_944, 12_000)
    assert (fiesta.fuel, fiesta.transmission) == (Fuel.PETROL, Transmission.AUTOMATIC)
    assert (fiesta.engine_cc, fiesta.mpg, fiesta.tax) == (1_000, 57.7, 150)
    assert (golf.fuel, golf.engine_cc, golf.mpg, golf.tax) == (None, None, None, None)


def test_further_columns_are_read_where_they_are_there(tmp_path: Path) -> None:
    head = "make,model,year,price,mileage,derivative,doors,body_type,power_bhp,listed_on,write_off"
    line = "ford,FIESTA,2018,9995,22000,1.0 EcoBoost ST-Line,5,Hatchback,125,2026-02-01,n"
    call_command("load_market", table(tmp_path, line, head=head))

    row = AskingPrice.objects.get()
    assert (row.derivative, row.doors, row.body_type) == (
        "1.0 EcoBoost ST-Line",
        5,
        BodyType.HATCHBACK,
    )
    assert (row.power_bhp, row.listed_on, row.write_off) == (125, date(2026, 2, 1), "n")


def test_it_replaces_the_table_of_its_name_and_no_other(tmp_path: Path) -> None:
    call_command("load_market", table(tmp_path, FIESTA, GOLF), "--name", "autumn")
    call_command("load_market", table(tmp_path, FIESTA, GOLF))
    call_command("load_market", table(tmp_path, GOLF))

    rows = AskingPrice.objects.order_by("table__name", "line").values_list("table__name", "line")
    assert list(rows) == [("autumn", 2), ("autumn", 3), ("spring", 2)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (FIESTA.replace("12000", "dear"), "line 3: price must be a number from 1 to 1e+07"),
        (FIESTA.replace("2017", "2060"), "line 3: year must be a number from 1885 to 2027"),
        (FIESTA.replace("15944", "-1"), "line 3: mileage must be a number from 0 to 999999"),
        (FIESTA.replace("15944", "nan"), "line 3: mileage must be a number from 0 to 999999"),
        (FIESTA.replace("1.0,", "1000,"), "line 3: litres must be a number from 0 to 20"),
    ],
)
def test_a_bad_line_is_named_and_changes_nothing(tmp_path: Path, line: str, told: str) -> None:
    call_command("load_market", table(tmp_path, FIESTA), "--date", "2025-12-31")
    with pytest.raises(CommandError, match=r"1 lines cannot be read; nothing was loaded\.") as no:
        call_command("load_market", table(tmp_path, GOLF, line), "--date", "2026-03-31")

    assert told in str(no.value)
    assert AskingPrice.objects.get().price == 12_000
    assert AskingPriceTable.objects.get().dated_on == date(2025, 12, 31)


def test_bad_lines_can_be_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, FIESTA.replace("2017", "2060"), GOLF)
    said = load(path, "--skip-bad-lines", "--date", "2026-03-31", capsys=capsys)

    assert "1 asking prices loaded" in said
    assert "Skipped line 2: year must be" in said


def test_names_that_the_catalogue_lacks_are_told_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = load(table(tmp_path, FIESTA, FIESTA.replace("Fiesta", "Festival")), capsys=capsys)

    assert "Left out, as the catalogue does not know them: Ford Festival (1)" in said
    assert AskingPriceTable.objects.get().left_out == 1


def test_the_make_of_every_row_can_be_named(tmp_path: Path) -> None:
    head, line = HEAD.removesuffix(",make"), FIESTA.removesuffix(",Ford")
    with pytest.raises(CommandError, match="line 1: no column make"):
        call_command("load_market", table(tmp_path, line, head=head))

    call_command("load_market", table(tmp_path, line, head=head), "--make", "Ford")
    assert AskingPrice.objects.get().model.name == "Fiesta"


def test_a_table_of_unknown_cars_alone_leaves_the_one_before(tmp_path: Path) -> None:
    call_command("load_market", table(tmp_path, FIESTA))
    with pytest.raises(CommandError, match="no rows of a make and model"):
        call_command("load_market", table(tmp_path, FIESTA.replace("Ford", "Frod")))
    assert AskingPrice.objects.count() == 1


def test_rows_move_with_a_model_that_is_merged(tmp_path: Path) -> None:
    call_command("load_market", table(tmp_path, FIESTA))
    row = AskingPrice.objects.get()
    into = make.model("Fiesta Van", row.model.make)
    merge_model(source_id=row.model_id, into_id=into.pk)
    row.refresh_from_db()
    assert row.model == into
