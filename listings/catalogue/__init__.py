"""The catalogue of makes and models: looking names up, and the verbs that change it.

Names are compared without regard to case, accents, spaces, hyphens and other punctuation, over
names and aliases alike. Every write first takes one lock for the whole catalogue, so that two
feeds with the same unknown name make one row.
"""

from listings.catalogue.edits import add_alias, confirm_entry, rename_entry
from listings.catalogue.known_models import TitledModel, known_make, known_model, model_of_title
from listings.catalogue.likeness import likely_models
from listings.catalogue.lookup import Finder
from listings.catalogue.merge import merge_make, merge_model
from listings.catalogue.resolution import Resolved, resolve
from listings.catalogue.seed import SeedCounts, load_seed
from listings.catalogue.snapshot import known_names

__all__ = [
    "Finder",
    "Resolved",
    "SeedCounts",
    "TitledModel",
    "add_alias",
    "confirm_entry",
    "known_make",
    "known_model",
    "known_names",
    "likely_models",
    "load_seed",
    "merge_make",
    "merge_model",
    "model_of_title",
    "rename_entry",
    "resolve",
]
