"""The headers under which feeds send each field, the likeliest first.

A row is a field and its headers; `+` gives a unit or question that the header states and the cell
does not. Case, spaces and punctuation do not matter.
Sources: Auto Trader's stock export, DMS14, Google's vehicle listings, Meta's automotive inventory,
and the exports of UK dealer management systems.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dealers.feeds.files import header_key


class HeaderMeaning(NamedTuple):
    """The field a header stands for, what its cells leave unsaid, and how likely it is: 0 first."""

    field: str
    suffix: str
    rank: int


GENERIC = """
stock_ref: vehicle_id, stock_id, stock_ref, stock_reference, stock_no, stock_number, stock_code,
    stock, external_stock_id, external_stock_reference, external_id, external_reference,
    dealer_stock_number, dealer_ref, unit_number, unit_no, vehicle_ref, vehicle_reference, car_id,
    metadata.stockId, metadata.externalStockId, advert_id, ad_id, listing_id, auto_listing_id,
    item_id, record_id, unique_id, uid, guid, sku, dms_id, internal_id, internal_reference, id,
    reference, ref, ref_no, our_ref, your_ref, stk_no, stk, stockbook_no, stock_book_number
vrm: vrm, registration, registration_number, reg, regno, reg_number, registration_no,
    registration_mark, registration_plate, reg_mark, reg_plate, full_registration, full_reg,
    vehicle_reg, vehicle_registration, vehicle_registration_mark, vehicle_registration_number,
    car_reg, number_plate, license_plate, licence_plate, vrn, vehicle_reg_no, plate, plate_no
vin: vin, vin_number, vin_no, chassis_number, chassis_no, chassis, vehicle_identification_number,
    frame_number, vin_chassis
make: make, manufacturer, brand, marque, make_name, make_description, mfr, oem, vehicle_manufacturer
model: model, model_name, model_range, model_family, range, model_description, range_name, line
derivative: derivative, variant, version, derivative_name, derivative_description,
    model_variant, model_derivative, model_version, sub_model, full_derivative, spec,
    cap_derivative, vehicle_variant, grade, model_type, type_name
trim: trim, trim_level, trim_name, edition, spec_level
title: title, headline, heading, advert_title, vehicle_title, advert_heading, vehicle_name,
    display_name, make_model, make_and_model, name, short_description, vehicle, car
year: year, year_of_manufacture, manufacture_year, manufactured_year, yom, build_year, model_year,
    reg_year, registration_year, year_registered, year_of_registration, registered_year,
    production_year, plate_year, yr, year_made, year_reg, year_built, year_first_registered
mileage: mileage, miles, odometer, odo, odometer_reading_miles, odometer_reading, mileage.value,
    odometer.value, current_mileage, recorded_mileage, odometer_miles, mileage_miles,
    total_mileage, milage, mileage_mi, odometer_value, distance, mileage_reading, odo_reading
mileage + km: mileage_km, odometer_km, kilometres, kilometers, kms, km, odometer_reading_kms,
    mileage_kms, odometer_reading_km
mileage_unit: mileage.unit, mileage_units, odometer.unit, odometer_units, distance_unit,
    mileage_type, odometer_reading_unit
price: price, retail_price, selling_price, asking_price, price_gbp, supplied_price,
    advertised_price, advert_price, sale_price, screen_price, web_price, internet_price,
    forecourt_price, cash_price, current_price, our_price, offer_price, price_now, now_price,
    price_inc_vat, total_price,
    supplied_price.amountGBP, retail_price_gbp, retail, price.value, price.amount, price_pounds,
    final_price, otr_price, on_the_road_price, vehicle_price, list_price, amount, website_price,
    price_including_vat, sales_price, sell_price, price_1, price_inc, display_price
price + + VAT: price_ex_vat, price_excl_vat, price_exc_vat, price_plus_vat, net_price,
    price_excluding_vat, price_net
price_extra: price_extra, price.currency, currency, price_currency, price_suffix, price_vat
admin_fee: admin_fee, administration_fee, admin_charge, admin_fee.amountGBP
vat_scheme: vat_scheme, vat_status, vat_type, vat_qualifying, vat, vat_q, vat_qualified,
    is_vat_qualifying, qualifying, vat_code
fuel: fuel_type, fuel, fuel_description, engine_fuel, fuel_name, propulsion, powertrain, fuel_desc
transmission: transmission, transmission_type, gearbox, gearbox_type, trans, gear_type,
    transmission_description, auto_manual, gear_box, transmission_name
doors: doors, number_of_doors, no_of_doors, num_doors, door_count, doors_count, door, drs
seats: seats, number_of_seats, no_of_seats, num_seats, seat_count, seating_capacity, seating,
    passengers
body_type: body_type, body_style, body, body_shape, bodywork, vehicle_body, car_type, style,
    body_description, body_category, vehicle_type, body_name
colour: colour, color, exterior_colour, exterior_color, ext_colour, ext_color, basic_colour,
    standard_colour, body_colour, ext_col, main_colour, colour_name, color_name,
    manufacturer_colour, manufacturer_color, oem_colour, paint, paint_colour,
    colour_description, base_colour
drivetrain: drivetrain, drive_type, drive, driven_wheels, driveline, wheel_drive, drive_wheels,
    driving_wheels, four_wheel_drive, 4wd, 4x4, awd, is_4wd, wheel_drive_type, axle
engine_cc: engine_cc, cc, engine_capacity_cc, engine_size_cc, engine_capacity, engine_size,
    cubic_capacity, engine_displacement, displacement, badge_engine_size_litres,
    engine_size_litres, badge_engine_size, engine_litres, engine_size_l, engine, capacity,
    cylinder_capacity, litres, engine_volume, engine_size_in_cc, enginesize_cc, engine_description
power_bhp: power_bhp, bhp, engine_power_bhp, engine_power, horsepower, hp, power, max_power,
    brake_horse_power, max_power_bhp, power_hp
power_bhp + ps: power_ps, engine_power_ps, ps
power_bhp + kw: power_kw, engine_power_kw, kw
co2_g_km: co2, co2_emissions, co2_emission_gpkm, co2_g_km, carbon_emissions, emissions,
    co2_emission, co2_gkm, co2_output
mpg: mpg, combined_mpg, mpg_combined, fuel_economy_combined_mpg, fuel_economy, fuel_consumption,
    fuel_consumption_wltp_combined_mpg, fuel_consumption_nedc_combined_mpg, average_mpg,
    fuel_consumption_combined, economy_combined, combined
battery_kwh: battery_kwh, battery_capacity_kwh, battery_capacity, battery_size, battery
electric_range_miles: electric_range_miles, electric_range, ev_range, battery_range_miles,
    battery_range, range_miles, wltp_range, zero_emission_range
euro_standard: euro_standard, euro_status, emission_class, euro_class, emissions_standard,
    emission_standard, euro, euro_emissions, euro_rating, emission_level, emissions_class
owners: owners, previous_owners, prev_owners, number_of_owners, no_of_owners, num_owners,
    owner_count, former_keepers, previous_keepers, keepers, number_of_keepers,
    no_of_previous_owners, number_of_previous_owners, previous_owner_count, total_owners,
    no_of_keepers, no_owners, number_previous_owners, former_owners, num_previous_owners
service_history: service_history_text, service_history, service_history_type, history, fsh,
    full_service_history, service, service_history_description, service_record
mot_expires_on: mot_expiry, mot_expires_on, mot_expiry_date, mot_due, mot_due_date, mot_date, mot,
    mot_until, mot_expires, next_mot, mot_end_date, mot_test_due, next_mot_due, mot_expiration
first_registered_on: date_of_first_registration, first_registration_date, first_registered_on,
    date_first_registered, registration_date, date_of_registration, date_of_reg, dor,
    date_registered, registered_date, reg_date, first_registered, first_registration, first_reg,
    first_reg_date, date_first_reg,
    date_of_first_reg, 1st_reg, 1st_registered, registered_on, registered, dofr, date_reg
write_off + category: write_off_category, insurance_category, insurance_write_off_category,
    salvage_category, cat, category_write_off, writeoff_cat, insurance_cat, vcar_category
write_off: write_off, written_off, insurance_write_off, is_write_off, insurance_writeoff, vcar,
    total_loss, salvage
description: description, full_description, advert_description, advert_text, comments,
    vehicle_description, long_description, sales_description, dealer_comments, vehicle_comments,
    seller_notes, sellers_notes, advert_comments, sales_comments, web_description, description_1,
    marketing_text, advert_copy, details, additional_information, full_text, text, content,
    vehicle_details, body_text, advert_details, narrative, main_description, description2
features: features, features.name, options, equipment, options_list, feature_list, extras,
    standard_equipment, standard_features, optional_extras, optional_equipment, key_features,
    vehicle_features, factory_options, equipment_list, accessories, specification, options.option,
    features.feature, equipment.item, highlights, spec_list, optional_features, factory_fitted
photos: main_image, main_photo, main_picture, primary_image, image_link, photos, images, pictures,
    photo, image, picture, photo_urls, image_urls, picture_urls, photo_url, image_url, picture_url,
    picture_refs, picture_ref, additional_image_link, additional_images, image_links, photo_links,
    images.url, image.url, photos.url, pictures.url, media.images.href, images.href, images.image,
    photos.photo, pictures.picture, images.image.url, photos.photo.url, pictures.picture.url,
    image_list, photo_list, picture_list, gallery, gallery.url, pics, pic, img, imgs, img_url,
    images_url, photos_url, pictures_url, photo_link, image_links.url, media.url, image_refs,
    imagelist, images.src, image.src, other_images, image_urls_list, images.large, media
availability: availability, stock_status, sale_status, status, vehicle_status, advert_status,
    listing_status, sold_status, lifecycle_state, advert_state,
    vehicle_state, metadata.lifecycleState
availability + sold: sold, is_sold, sold_flag
availability + reserved: reserved, is_reserved
branch: branch_id, branch_code, branch, site_id, site_code, site, store_code, location_id,
    dealer_id, feed_id, advertiser_id, branch_name, site_name, location, location_name, dealership,
    dealer_name, dealership_name, showroom, outlet, depot, dealer, advertiser.advertiserId, did
"""

GOOGLE_VEHICLES = """
stock_ref: id
price: sale_price, price
colour: exterior_color, color
photos: image_link, additional_image_link
branch: store_code
title: title
"""
META_AUTOMOTIVE = """
stock_ref: vehicle_id, auto_listing_id
price: sale_price, price
photos: image.url, image
colour: exterior_color
branch: dealer_id
"""
DMS14 = """
stock_ref: vehicle_id
branch: feed_id
vrm: full_registration
derivative: variant
description: description, comments
features: options
service_history: service_history_text, service_history
"""
AUTO_TRADER = """
price: supplied_price, total_price, price
year: year_of_manufacture
mileage: odometer_reading_miles
colour: colour, standard.colour
derivative: derivative
"""


def meanings(table: str) -> Mapping[str, HeaderMeaning]:
    """Return the meanings in a table by normalised header."""
    found: dict[str, HeaderMeaning] = {}
    for row in _rows(table):
        head, _, headers = row.partition(":")
        field, _, suffix = head.partition(" + ")
        for rank, header in enumerate(headers.split(",")):
            meaning = HeaderMeaning(field.strip(), f" {suffix.strip()}" if suffix else "", rank)
            found.setdefault(header_key(header), meaning)
    return found


def _rows(table: str) -> list[str]:
    rows: list[str] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            rows[-1] += line
        else:
            rows.append(line)
    return rows
