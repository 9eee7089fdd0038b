"""The derivative: the text after make and model, read into fields and written back.

Pure: no database, no settings; the catalogue of makes and models is an argument.
"""

from listings.language.derivative.autofill import (
    Contradiction,
    Filled,
    advert_fields,
    fill,
    fill_with,
)
from listings.language.derivative.formatter import write
from listings.language.derivative.fuel import fuel_of
from listings.language.derivative.markers import badge_marks, fuel_phrases
from listings.language.derivative.parsed_derivative import ParsedDerivative
from listings.language.derivative.parser import read
from listings.language.derivative.titles import (
    Catalogue,
    CatalogueMake,
    CatalogueModel,
    ParsedTitle,
    joined,
    read_title,
)

__all__ = [
    "Catalogue",
    "CatalogueMake",
    "CatalogueModel",
    "Contradiction",
    "Filled",
    "ParsedDerivative",
    "ParsedTitle",
    "advert_fields",
    "badge_marks",
    "fill",
    "fill_with",
    "fuel_of",
    "fuel_phrases",
    "joined",
    "read",
    "read_title",
    "write",
]
