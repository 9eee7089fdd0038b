"""What people call the fields of an advert, and what became of a row."""

from dealers.feeds.cells import FIELDS
from dealers.feeds.imports.report import WAITING
from dealers.models import FeedRow
from listings.models import Listing

_OWN = {
    "stock_ref": "Your stock ref",
    "vrm": "Registration mark",
    "vin": "VIN",
    "price_extra": "Condition of the price",
    "mileage_unit": "Unit of the mileage",
    "power_unit": "Unit of the power",
    "title": "Title of the whole car",
    "availability": "For sale, reserved or sold",
    "advert": "Number of our advert",
    "reserved_until": "Reserved until",
    "photos": "Photos",
    "branch": "Branch",
    "trim": "Trim",
    "vat_scheme": "VAT scheme",
}
_NAMES = {
    field.name: str(field.verbose_name)
    for field in Listing._meta.concrete_fields
    if field.name not in _OWN
}

OUTCOMES = {**dict(FeedRow.Outcome.choices), WAITING: "Waiting"}


def label_of(field: str) -> str:
    """Return the name of an advert's field, or of another that a column can be mapped to."""
    name = _OWN.get(field) or _NAMES.get(field) or field.replace("_", " ")
    return f"{name[:1].upper()}{name[1:]}"


FIELD_CHOICES = [(name, label_of(name)) for name in FIELDS]
