"""What one worker needs to apply one run."""

from dataclasses import dataclass

from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.naming import CatalogueNames
from listings.adverts import WriteContext


@dataclass(frozen=True)
class ImportContext:
    """A run, its config and who writes; `is_approved` says that a person let it pass the brake."""

    run_id: int
    config: ImportConfig
    dry_run: bool
    is_approved: bool
    names: CatalogueNames
    by: WriteContext
