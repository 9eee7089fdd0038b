"""What one worker needs to apply one run."""

from dataclasses import dataclass

from dealers.feeds.imports.catalogue_names import CatalogueNames
from dealers.feeds.imports.import_config import ImportConfig
from listings.stocking import Writer


@dataclass(frozen=True)
class ImportContext:
    """A run, its config and who writes; `is_approved` says that a person let the file pass."""

    run_id: int
    config: ImportConfig
    dry_run: bool
    is_approved: bool
    names: CatalogueNames
    by: Writer
