"""An enquiry as ADF 1.0 XML, which dealers' CRMs read from the text of a mail.

Source: "Auto-lead Data Format, Version 1.0" (2000) and its DTD. Its elements have a fixed order,
and a vehicle always has a year, a make and a model: empty where they are not known.
"""

import re
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.conf import settings

from listings.models import BuyerRecord, Enquiry, Listing
from marketplace.london_time import LONDON

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<?adf version="1.0"?>\n'
NOT_GIVEN = "Not given"
_NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def adf(enquiry: Enquiry, *, vendor_email: str, comments: str) -> str:
    """Return the document; `comments` is all that ADF has no element for, in words."""
    root = Element("adf")
    prospect = SubElement(root, "prospect", status="new")
    _id(prospect, f"enquiry-{enquiry.pk}")
    moment = enquiry.created_at.astimezone(LONDON)
    _text(prospect, "requestdate", moment.isoformat(timespec="seconds"))
    _car(prospect, enquiry)
    if enquiry.part_exchange_vrm or enquiry.part_exchange_mileage is not None:
        _part_exchange(prospect, enquiry)
    _customer(prospect, enquiry, comments)
    _vendor(prospect, enquiry.record, vendor_email)
    provider = SubElement(prospect, "provider")
    _text(provider, "name", _source(), part="full", type="business")
    _text(provider, "url", settings.PUBLIC_URL)
    indent(root)
    return HEAD + tostring(root, encoding="unicode") + "\n"


def _car(prospect: Element, enquiry: Enquiry) -> None:
    vehicle, car = SubElement(prospect, "vehicle", interest="buy", status="used"), enquiry.listing
    if car is None:
        _named(vehicle, "", "", enquiry.title)
    else:
        _id(vehicle, f"advert-{car.pk}")
        _named(vehicle, str(car.year), car.make.name, car.model.name)
        _details(vehicle, car)
    if enquiry.price is not None:
        _text(vehicle, "price", str(enquiry.price), type="asking", currency="GBP")


def _details(vehicle: Element, car: Listing) -> None:
    for name, value in (
        ("vin", car.vin),
        ("stock", car.stock_ref),
        ("trim", car.derivative),
        ("doors", car.doors),
        ("bodystyle", car.get_body_type_display() if car.body_type else None),
        ("transmission", car.get_transmission_display() if car.transmission else None),
    ):
        if value:
            _text(vehicle, name, str(value))
    _text(vehicle, "odometer", str(car.mileage), units="mi")


def _part_exchange(prospect: Element, enquiry: Enquiry) -> None:
    vehicle = SubElement(prospect, "vehicle", interest="trade-in", status="used")
    _named(vehicle, "", "", "")
    if enquiry.part_exchange_mileage is not None:
        _text(vehicle, "odometer", str(enquiry.part_exchange_mileage), units="mi")
    if enquiry.part_exchange_vrm:
        _text(vehicle, "comments", f"Registration mark {enquiry.part_exchange_vrm}")


def _customer(prospect: Element, enquiry: Enquiry, comments: str) -> None:
    customer, record = SubElement(prospect, "customer"), enquiry.record
    contact = SubElement(customer, "contact")
    _text(contact, "name", record.name or NOT_GIVEN, part="full", type="individual")
    for name, value in (("email", record.email), ("phone", record.phone)):
        if value:
            preferred = "1" if enquiry.preferred_contact == name else "0"
            _text(contact, name, value, preferredcontact=preferred)
    _text(customer, "comments", comments)


def _vendor(prospect: Element, record: BuyerRecord, email: str) -> None:
    vendor, dealer = SubElement(prospect, "vendor"), record.dealer
    name = dealer.name if dealer else ""
    _text(vendor, "vendorname", name)
    contact = SubElement(vendor, "contact")
    _text(contact, "name", name, part="full", type="business")
    _text(contact, "email", email)


def _named(vehicle: Element, year: str, make: str, model: str) -> None:
    for name, value in (("year", year), ("make", make), ("model", model)):
        _text(vehicle, name, value)


def _id(parent: Element, value: str) -> None:
    _text(parent, "id", value, sequence="1", source=_source())


def _text(parent: Element, name: str, value: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _NOT_IN_XML.sub("", value)


def _source() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or ""
