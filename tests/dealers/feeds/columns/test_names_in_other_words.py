"""Columns under names of a system's own, beside others that are only like them."""

import pytest

from dealers.feeds.columns import suggest

ROWS = [
    {"Make": "FORD", "Model": "FOCUS", "Model Description": "Focus 1.0 EcoBoost Zetec 5dr"},
    {"Make": "SKODA", "Model": "OCTAVIA", "Model Description": "Škoda Octavia 2.0 TDI SE L DSG"},
    {"Make": "KIA", "Model": "CEED", "Model Description": "Ceed 1.0 T-GDi 2 5dr"},
    {"Make": "BMW", "Model": "3 SERIES", "Model Description": "3-Series 320d M Sport 4dr"},
    {"Make": "FIAT", "Model": "PANDA", "Model Description": "Panda 1.2 Easy 5dr"},
]


def mapped(headers: str, samples: list[dict[str, str]] | None = None) -> dict[str, str]:
    fields = suggest([header.strip() for header in headers.split(",")], samples or []).fields
    return {name: "+".join(source.headers) + source.suffix for name, source in fields.items()}


@pytest.mark.parametrize(
    "header",
    [
        "STATUS_DESC",
        "Veh Status",
        "Stock Status Description",
        "Sales Status Text",
        "SaleStatusName",
        "Status Code",
        "Current Status",
        "advert.status",
        "vehicle.statusLabel",
    ],
)
def test_a_status_in_any_words_says_whether_a_car_is_on_sale(header: str) -> None:
    assert mapped(f"make, {header}, price") == {
        "make": "make",
        "availability": header,
        "price": "price",
    }


@pytest.mark.parametrize(
    "header",
    [
        *("MOT Status", "Finance Status", "Tax Status", "Prep Status", "Image Status"),
        *("state_of_vehicle", "Status Changed", "Status Date", "locatorAdvert.status"),
        *("finance.status", "dealer.status", "warranty.statusDescription"),
    ],
)
def test_the_status_of_something_else_does_not(header: str) -> None:
    assert "availability" not in mapped(f"make, {header}, price")


def test_a_code_is_not_asked_about_where_words_say_the_same() -> None:
    assert mapped("Status Code, Status Desc")["availability"] == "Status Desc"
    assert mapped("STATUS_CODE, SITE_DESC")["availability"] == "STATUS_CODE"
    assert mapped("Status Code, Sold")["availability"] == "Sold+Status Code"


def test_a_measure_that_needs_nothing_added_goes_first() -> None:
    assert mapped("Price ex VAT, Price")["price"] == "Price"
    assert mapped("price.net, price.gross")["price"] == "price.gross"
    assert mapped("Mileage km, Mileage")["mileage"] == "Mileage"
    assert mapped("Power PS, BHP")["power_bhp"] == "BHP"
    assert mapped("Price ex VAT, Mileage km") == {
        "price": "Price ex VAT + VAT",
        "mileage": "Mileage km km",
    }


def test_a_name_shown_within_a_make_is_the_make() -> None:
    assert mapped(
        "vehicle.make.displayName, vehicle.model.label, vehicle.displayName, colour.display_name"
    ) == {
        "make": "vehicle.make.displayName",
        "model": "vehicle.model.label",
        "title": "vehicle.displayName",
        "colour": "colour.display_name",
    }


def test_what_says_make_and_model_again_is_a_title() -> None:
    found = suggest(["Make", "Model", "Model Description"], ROWS)
    assert found.fields["title"].headers == ("Model Description",)
    assert "title" in found.unsure
    renamed = [{**row, "Headed": row["Model Description"], "Model Description": ""} for row in ROWS]
    assert mapped("Make, Model, Headed", renamed)["title"] == "Headed"
    assert "title" not in mapped("Make, Model, Headed", renamed[:4])


def test_a_description_that_is_a_title_is_read_as_one() -> None:
    rows = [{**row, "Vehicle Description": row["Model Description"]} for row in ROWS]
    found = mapped("Make, Model, Vehicle Description", rows)
    assert (found.get("title"), found.get("description")) == ("Vehicle Description", None)
    found = mapped("Make, Model, Variant, Vehicle Description", rows)
    assert found["description"] == "Vehicle Description"


def test_a_second_column_of_the_model_is_its_derivative() -> None:
    rows = [{**row, "Model Description": "1.0 EcoBoost 5dr"} for row in ROWS]
    found = suggest(["Make", "Model", "Model Description"], rows)
    assert found.fields["derivative"].headers == ("Model Description",)
    assert "derivative" in found.unsure
    ranges = suggest(["Make", "Range", "Model"], [{**row, "Range": row["Model"]} for row in ROWS])
    assert ("derivative" in ranges.fields, ranges.unsure) == (False, ("model",))


@pytest.mark.parametrize("written", ["HB-{}", "ML{}", "{}A", "K {}"])
def test_references_in_the_shape_of_old_marks_are_not_taken_for_marks(written: str) -> None:
    rows = [{"Lot": written.format(n), "Make": "Ford"} for n in range(200, 220)]
    assert "vrm" not in mapped("Lot, Make", rows)


def test_marks_that_tell_their_age_are_known_whatever_their_header_says() -> None:
    rows = [{"Lot": f"AB{n} CDE", "Make": "Ford"} for n in (12, 57, 19, 70, 66)]
    assert mapped("Lot, Make", rows)["vrm"] == "Lot"


def test_the_dealers_own_number_stands_before_the_marketplaces() -> None:
    mobile = (
        "@key, ad:seller-inventory-key.@value, ad:vehicle.ad:make.@key, ad:vehicle.ad:fuel.@key,"
        "ad:vehicle.ad:fuel.resource:local-description, ad:vehicle.ad:gearbox.@key,"
        "ad:vehicle.ad:cubic-capacity.@value, ad:price.ad:consumer-price-amount.@value"
    )
    found = mapped(mobile)
    assert found["stock_ref"] == "ad:seller-inventory-key.@value+@key"
    assert found["fuel"] == (
        "ad:vehicle.ad:fuel.resource:local-description+ad:vehicle.ad:fuel.@key"
    )


@pytest.mark.parametrize(
    "headers",
    [
        "features[0].name,features[0].genericName,features[1].name,features[1].genericName",
        "features[].name,features[].genericName,features[].type",
    ],
)
def test_each_entry_of_a_list_of_features_is_read_once(headers: str) -> None:
    assert mapped(headers)["features"] == "features[].name"
    several = "standard_equipment.safety[],standard_equipment.comfort[],extras"
    assert set(mapped(several)["features"].split("+")) == set(several.split(","))


@pytest.mark.parametrize("header", ["FSH", "full_service_history", "Full Service History"])
def test_a_column_that_asks_for_a_full_history_says_so_to_its_cells(header: str) -> None:
    assert mapped(f"make, {header}")["service_history"] == f"{header} = full"
    assert mapped("Service History")["service_history"] == "Service History"


def test_a_unit_beside_a_power_is_that_of_the_power() -> None:
    nested = "engine.power, engine.power.@unit"
    assert mapped(nested) == {"power_bhp": "engine.power", "power_unit": "engine.power.@unit"}
    assert mapped("vehicleEngine.enginePower.value, vehicleEngine.enginePower.unitCode") == {
        "power_bhp": "vehicleEngine.enginePower.value",
        "power_unit": "vehicleEngine.enginePower.unitCode",
    }
    assert mapped("Power, Power Unit, BHP") == {"power_bhp": "BHP"}
    assert mapped("Power Unit, Power PS") == {"power_bhp": "Power PS ps"}
