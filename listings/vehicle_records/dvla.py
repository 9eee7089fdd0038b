"""DVLA's Vehicle Enquiry Service, version 1.

    POST /vehicle-enquiry/v1/vehicles
    x-api-key: <key>
    {"registrationNumber": "AA19AAA"}

200 has these members, of which all but the first may be missing: registrationNumber, make, colour,
fuelType, engineCapacity (cc), co2Emissions (g/km), euroStatus ("EURO 6 AD"), yearOfManufacture,
monthOfFirstRegistration ("2019-03"), taxStatus, taxDueDate, motStatus, motExpiryDate, and others
that an advert does not have. 400, 404, 500 and 503 are
`{"errors": [{"status", "code", "title", "detail"}]}`; the gateway's 403 (no such key) and 429 are
`{"message": ...}`.
Source: developer-portal.driver-vehicle-licensing.api.gov.uk, "Vehicle Enquiry Service", its
description and its mock responses.
"""

from functools import cache, partial
from typing import Any

import orjson
from django.conf import settings

from listings.vehicle_records import answers
from listings.vehicle_records.record import VehicleRecord
from listings.vehicle_records.register import Line, seconds_max
from marketplace.fetching import post

BYTES_MAX = 16 * 1024
TAX_STATUSES = ("Taxed", "Untaxed", "SORN", "Not Taxed for on Road Use")
MOT_STATUSES = ("Valid", "Not valid", "No details held by DVLA", "No results returned")


class VehicleEnquiryService:
    """Make, colour, fuel, engine, CO2, year, tax and MOT status; no model."""

    name = "dvla"
    title = "DVLA"

    def ask(self, mark: str) -> VehicleRecord | None:
        sent = partial(
            post,
            settings.DVLA_URL,
            orjson.dumps({"registrationNumber": mark}),
            headers={
                "x-api-key": settings.DVLA_API_KEY,
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
            seconds_max=seconds_max(),
            bytes_max=BYTES_MAX,
        )
        line = _line(settings.DVLA_URL)
        reply = line.reply(sent, lambda body: answers.json_object(body) is not None)
        if reply.status == 404:
            return None
        told = answers.json_object(reply.beginning)
        if reply.status != 200 or told is None:
            raise line.refusal(reply.status)
        return _record(told)


@cache
def _line(_url: str) -> Line:
    return Line(VehicleEnquiryService.name)


def _record(told: dict[str, Any]) -> VehicleRecord:
    fuels = answers.fuels(told.get("fuelType"))
    co2 = told.get("co2Emissions")
    return VehicleRecord(
        make=answers.text(told.get("make")),
        colour=answers.colour(told.get("colour")),
        fuels=fuels,
        fuel_name=answers.text(told.get("fuelType")).capitalize(),
        year_made=answers.year(told.get("yearOfManufacture")),
        year_registered=answers.year(told.get("monthOfFirstRegistration")),
        engine_cc=answers.whole_number(told.get("engineCapacity"), answers.ENGINE_CC_MAX),
        # 0 is what is not known, but for a car that burns nothing.
        co2_g_km=0
        if co2 == 0 and fuels == ("electric",)
        else answers.whole_number(co2, answers.CO2_MAX),
        euro_standard=answers.euro_standard(told.get("euroStatus")),
        tax_status=_known(told.get("taxStatus"), TAX_STATUSES),
        tax_due_on=answers.day(told.get("taxDueDate")),
        mot_status=_known(told.get("motStatus"), MOT_STATUSES),
        mot_expires_on=answers.day(told.get("motExpiryDate")),
    )


def _known(value: object, words: tuple[str, ...]) -> str:
    return value if isinstance(value, str) and value in words else ""
