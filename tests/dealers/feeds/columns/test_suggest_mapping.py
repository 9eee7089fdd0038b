"""What the columns of a new feed are taken for: presets, abbreviations, cells that tell."""

import pytest

from dealers.feeds.columns import ColumnMapper, ColumnSource, suggest


def suggested(headers: str) -> dict[str, str]:
    """Return the first header of each field, with the suffix."""
    fields = suggest([header.strip() for header in headers.split(",")]).fields
    return {name: source.headers[0] + source.suffix for name, source in fields.items()}


@pytest.mark.parametrize(
    ("preset", "headers", "some"),
    [
        (
            "generic",
            "vehicle_id, vrm, make, model, derivative, price, mileage, fuel_type",
            {"stock_ref": "vehicle_id", "vrm": "vrm", "fuel": "fuel_type"},
        ),
        (
            "auto_trader",
            (
                "registration, vin, make, model, derivative, trim, yearOfManufacture, "
                "odometerReadingMiles, suppliedPrice, fuelType, transmissionType, bodyType, "
                "drivetrain, colour, badgeEngineSizeLitres, photos"
            ),
            {
                "vrm": "registration",
                "year": "yearOfManufacture",
                "mileage": "odometerReadingMiles",
                "price": "suppliedPrice",
                "engine_cc": "badgeEngineSizeLitres",
                "trim": "trim",
            },
        ),
        (
            "dms14",
            (
                "Feed_Id, Vehicle_Id, Cap_Id, Make, Model, Variant, Year, Price, FullRegistration, "
                "Mileage, PictureRefs, Vehicle_URL, FourWheelDrive, Options, Comments"
            ),
            {
                "branch": "Feed_Id",
                "stock_ref": "Vehicle_Id",
                "derivative": "Variant",
                "vrm": "FullRegistration",
                "photos": "PictureRefs",
                "drivetrain": "FourWheelDrive",
                "features": "Options",
                "description": "Comments",
            },
        ),
        (
            "google_vehicles",
            (
                "title, link, g:id, g:vin, g:store_code, g:price, g:brand, g:model, g:trim, "
                "g:year, g:mileage, g:color, g:image_link, g:additional_image_link[0]"
            ),
            {
                "stock_ref": "g:id",
                "branch": "g:store_code",
                "make": "g:brand",
                "photos": "g:image_link",
                "colour": "g:color",
            },
        ),
        (
            "meta_automotive",
            (
                "vehicle_id,title,description,url,make,model,year,mileage.value,mileage.unit,"
                "image[0].url,image[0].tag[0],image[1].url,fuel_type,body_style,exterior_color,"
                "price,sale_price,availability,state_of_vehicle"
            ),
            {
                "stock_ref": "vehicle_id",
                "mileage": "mileage.value",
                "mileage_unit": "mileage.unit",
                "photos": "image[].url",
                "price": "sale_price",
                "body_type": "body_style",
            },
        ),
    ],
)
def test_presets_are_recognised(preset: str, headers: str, some: dict[str, str]) -> None:
    assert suggest([header.strip() for header in headers.split(",")]).preset == preset
    found = suggested(headers)
    assert {name: found[name] for name in some} == some


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            (
                "StockNo,Reg,Manufacturer,Model,Spec,Retail Price,Odo,Date of Reg,Gearbox,"
                "No. of doors,Ext Colour,CC,Prev Owners,MOT Due,Comments,Options,Picture URLs"
            ),
            (
                "stock_ref vrm make model derivative price mileage first_registered_on "
                "transmission doors colour engine_cc owners mot_expires_on description features "
                "photos"
            ),
        ),
        (
            (
                "Stock ID,Vehicle Reg,MAKE,model,Variant,Price GBP,Miles,Year,Fuel Type,Trans,Body,"
                "Color,Engine Size,DOR,Images"
            ),
            (
                "stock_ref vrm make model derivative price mileage year fuel transmission "
                "body_type colour engine_cc first_registered_on photos"
            ),
        ),
        (
            "RegNo,Vehicle Make,VehicleModel,vehicle_derivative,Advert Price,CarMileage,Price (£)",
            "vrm make model derivative price mileage",
        ),
        (
            "Registration Number,Marque,Range,PictureRefs,CO2 (g/km),MPG (combined),Euro Status",
            "vrm make model photos co2_g_km mpg euro_standard",
        ),
    ],
)
def test_abbreviations_are_known(headers: str, fields: str) -> None:
    assert set(suggested(headers)) == set(fields.split())


def test_units_in_headers_go_to_the_cells() -> None:
    found = suggested("Kilometres,Price ex VAT,Power (PS),Insurance Category,Sold")
    assert found == {
        "mileage": "Kilometres km",
        "price": "Price ex VAT + VAT",
        "power_bhp": "Power (PS) ps",
        "write_off": "Insurance Category category",
        "availability": "Sold",
    }


def test_nested_names_are_found_by_their_ends_but_not_the_dealers_own() -> None:
    found = suggested(
        "vehicle.registration,vehicle.engineCapacityCC,metadata.stockId,advertiser.name,"
        "adverts.retailAdverts.suppliedPrice.amountGBP,media.images[0].href,media.images[1].href,"
        "features[0].name,finance.price,dealer.registration"
    )
    assert found == {
        "vrm": "vehicle.registration",
        "engine_cc": "vehicle.engineCapacityCC",
        "stock_ref": "metadata.stockId",
        "price": "adverts.retailAdverts.suppliedPrice.amountGBP",
        "photos": "media.images[].href",
        "features": "features[].name",
    }


def test_numbered_photos_are_one_field_in_the_files_order() -> None:
    suggestion = suggest(["Reg", *(f"Image {n}" for n in range(1, 12)), "Main Image"])
    assert suggestion.fields["photos"] == ColumnSource(("Main Image", "Image 1"))
    cells = {"Reg": "x", **{f"Image {n}": f"https://a.com/{n}.jpg" for n in range(1, 12)}}
    photos = ColumnMapper(suggestion.mapping()).apply(cells)[0]["photos"]
    assert photos.split("\n") == [f"https://a.com/{n}.jpg" for n in range(1, 12)]


def test_a_misspelt_header_is_a_guess_to_confirm() -> None:
    suggestion = suggest(["Make", "Transmision", "Colourr"])
    assert suggestion.fields["transmission"] == ColumnSource(("Transmision",))
    assert suggestion.unsure == ("colour", "transmission")


def test_cells_tell_what_a_header_does_not() -> None:
    samples = [
        {"A": f"AB1{n} CDE", "B": "Petrol", "C": f"https://a.com/{n}.jpg", "D": "2017", "E": "x"}
        for n in range(6)
    ]
    suggestion = suggest(["A", "B", "C", "D", "E"], samples)
    assert {name: source.headers for name, source in suggestion.fields.items()} == {
        "vrm": ("A",),
        "fuel": ("B",),
        "photos": ("C",),
        "year": ("D",),
    }
    assert suggestion.unsure == ("fuel", "photos", "vrm", "year")
    assert suggestion.unmapped == ("E",)


def test_cells_can_speak_against_a_header() -> None:
    samples = [{"Registration": "AB17 CDE", "Reg": "2017 (17)", "Cat": "Cars"} for _ in range(6)]
    swapped = [{"Reg": "2017 (17)", "Mark": "AB17 CDE"} for _ in range(6)]
    assert suggest(["Registration", "Reg", "Cat"], samples).fields["vrm"].headers == (
        "Registration",
    )
    assert "write_off" not in suggest(["Registration", "Reg", "Cat"], samples).fields
    fields = suggest(["Reg", "Mark"], swapped).fields
    assert (fields["year"].headers, fields["vrm"].headers) == (("Reg",), ("Mark",))


def test_columns_without_a_meaning_are_left_over() -> None:
    suggestion = suggest(["Make", "Cap_Id", "Internal notes", "", "Cap code"])
    assert suggestion.unmapped == ("Cap_Id", "Internal notes", "", "Cap code")


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("date_mot_expires", {"mot_expires_on": "date_mot_expires"}),
        ("previous_keeper_count", {"owners": "previous_keeper_count"}),
        ("brand.name,model.name", {"make": "brand.name", "model": "model.name"}),
        ("mileageFromOdometer.value", {"mileage": "mileageFromOdometer.value"}),
        ("media_urls[].large", {"photos": "media_urls[].large"}),
        ("standard_equipment[].description", {"features": "standard_equipment[].description"}),
        ("stock/car/registration/plate", {"vrm": "stock/car/registration/plate"}),
        ("VEH_ID,MK,MDL,YR", {"stock_ref": "VEH_ID", "make": "MK", "model": "MDL", "year": "YR"}),
    ],
)
def test_a_name_is_known_by_its_words_in_any_order(headers: str, fields: dict[str, str]) -> None:
    assert suggested(headers) == fields


def test_a_beginning_that_all_names_share_says_nothing() -> None:
    names = ("make", "model", "year", "odometer", "price", "colour")
    found = suggest([f"inventory_presser_{name}" for name in names]).fields
    assert set(found) == {"make", "model", "year", "mileage", "price", "colour"}


@pytest.mark.parametrize(
    "header",
    [
        "Interior Colour", "interior.colour", "Boot Capacity", "Last MOT Date", "Was Price",
        "Trade Price", "monthly.price", "Photo Count", "Num Gears", "Warranty Mileage",
        "state_of_vehicle", "Owner Name", "Top Speed", "Car URL", "Sold Price", "tyre.size",
    ],
)  # fmt: skip
def test_words_that_say_more_are_not_left_out(header: str) -> None:
    assert suggested(header) == {}


def test_a_part_has_a_maker_of_its_own_and_sections_of_equipment_their_names() -> None:
    found = suggest(
        [
            "colour.manufacturer", "colour.basic", "brand.name", "engine.make",
            "standard_equipment.comfort[]", "standard_equipment.safety[]", "features[].id",
        ]
    ).fields  # fmt: skip
    assert {name: source.headers for name, source in found.items()} == {
        "make": ("brand.name",),
        "colour": ("colour.basic",),
        "features": ("standard_equipment.comfort[]", "standard_equipment.safety[]"),
    }


def test_a_section_that_is_empty_itself_is_no_column() -> None:
    samples = [{"media": "", "media.picture[0]": "https://a.example/1.jpg"}]
    assert suggest(list(samples[0]), samples).fields["photos"].headers == ("media.picture[]",)
