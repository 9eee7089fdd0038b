"""The names that searches in words can hold, kept by each process for a while."""

from listings.catalogue.cache import CatalogueCache
from listings.language.query import Vocabulary
from listings.search.places.areas import AREAS

PLACES = {area.name.lower(): code for code, area in AREAS.items()} | {"london": "WC"}
"""What buyers call the postcode areas; the capital, which has eight, by its middle."""

VOCABULARY = CatalogueCache(lambda catalogue: Vocabulary(catalogue, PLACES))
