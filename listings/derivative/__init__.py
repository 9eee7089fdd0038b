"""The derivative: the text after make and model, read into fields and written back.

Pure: no database, no settings; the catalogue of makes and models is an argument.
"""

from listings.derivative.filling import Contradiction, Filled, fill
from listings.derivative.reading import Reading, read
from listings.derivative.titles import (
    Catalogue,
    CatalogueMake,
    CatalogueModel,
    TitleReading,
    read_title,
)
from listings.derivative.writing import write

__all__ = [
    "Catalogue",
    "CatalogueMake",
    "CatalogueModel",
    "Contradiction",
    "Filled",
    "Reading",
    "TitleReading",
    "fill",
    "read",
    "read_title",
    "write",
]
