"""What an advert's page tells of a car, line by line."""

from typing import Any

from listings.choices import Ulez
from listings.models import Listing


def facts_table(row: Listing) -> list[tuple[str, str]]:
    """Return names and values of everything that is known, in the order of a sales sheet."""
    return [(name, value) for name, value in fact_lines(row) if value is not None]


def fact_lines(row: Listing) -> list[tuple[str, str | None]]:
    """Return the same lines for every car; None is not known."""
    lines = [*_car(row), *_papers(row)]
    return [(name, None if value is None else str(value)) for name, value in lines]


def _car(row: Listing) -> list[tuple[str, Any]]:
    return [
        ("Year", row.year),
        ("Mileage", f"{row.mileage:,} miles"),
        ("Fuel", row.get_fuel_display() if row.fuel else None),
        ("Gearbox", row.get_transmission_display() if row.transmission else None),
        ("Body", row.get_body_type_display() if row.body_type else None),
        ("Doors", row.doors),
        ("Seats", row.seats),
        ("Colour", row.get_colour_display() if row.colour else None),
        ("Driven wheels", row.get_drivetrain_display() if row.drivetrain else None),
        ("Engine", row.engine_cc and f"{row.engine_cc:,} cc"),
        ("Power", row.power_bhp and f"{row.power_bhp} bhp"),
        ("Economy", row.mpg and f"{row.mpg.normalize():f} mpg"),
        ("CO₂", None if row.co2_g_km is None else f"{row.co2_g_km} g/km"),
        ("Battery", row.battery_kwh and f"{row.battery_kwh.normalize():f} kWh"),
        ("Electric range", row.electric_range_miles and f"{row.electric_range_miles} miles"),
    ]


def _papers(row: Listing) -> list[tuple[str, Any]]:
    return [
        ("Emissions", row.get_euro_standard_display() if row.euro_standard else None),
        ("ULEZ", Ulez(row.ulez).label if row.ulez != Ulez.UNKNOWN else None),
        ("Previous owners", row.owners),
        ("Service history", row.get_service_history_display() if row.service_history else None),
        ("MOT until", row.mot_expires_on and f"{row.mot_expires_on:%-d %B %Y}"),
        (
            "First registered",
            row.first_registered_on and f"{row.first_registered_on:%-d %B %Y}",
        ),
        ("Insurance write-off", row.get_write_off_display() if row.write_off else None),
        ("VAT", row.get_vat_scheme_display() if row.vat_scheme else None),
        ("Fee in the price", row.admin_fee and f"£{row.admin_fee:,}"),
    ]
