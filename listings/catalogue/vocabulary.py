"""The names that searches in words can hold, kept by each process for a while."""

from listings.catalogue.cache import CatalogueCache
from listings.language.query import Vocabulary

VOCABULARY = CatalogueCache(Vocabulary)
