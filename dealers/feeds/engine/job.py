"""What one worker needs to apply one run."""

from dataclasses import dataclass

from dealers.feeds.engine.naming import Names
from dealers.feeds.engine.recipe import Recipe
from listings.adverts import WriteContext


@dataclass(frozen=True)
class Job:
    """A run, its recipe and who writes; `is_approved` says that a person let it pass the brake."""

    run_id: int
    recipe: Recipe
    dry_run: bool
    is_approved: bool
    names: Names
    by: WriteContext
