"""What one worker needs to apply one run."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dealers.feeds.imports.batch import StagedRow
from dealers.feeds.imports.import_config import ImportConfig
from listings.adverts import WriteContext
from listings.catalogue import resolve
from listings.pricing import ModelPrices
from marketplace.errors import DomainError

NEW_NAMES_MAX = 2_000
"""How many names one run may add to the catalogue for staff to look at."""


class CatalogueNames:
    """Resolves the names of one run; what was found is remembered unless the run is a dry one."""

    def __init__(self, *, remembers: bool) -> None:
        self._remembers = remembers
        self._found: dict[tuple[str, str], tuple[int, int]] = {}

    def resolve_rows(self, rows: Iterable[StagedRow]) -> None:
        """Give rows the ids of their makes and models, or reject them."""
        found = dict(self._found)
        for row in rows:
            car = row.staged
            if car is None or "make" in car.values or not (car.make and car.model):
                continue
            names = (car.make, car.model)
            if names not in found and len(found) >= NEW_NAMES_MAX:
                row.reject("too_many_names", "The file has too many makes and models unknown here.")
                continue
            try:
                found[names] = found.get(names) or self._resolve(names)
            except DomainError as error:
                row.reject(error.code, error.message, next(iter(error.fields), ""))
                continue
            car.values["make"], car.values["model"] = found[names]
        if self._remembers:
            self._found = found

    def _resolve(self, names: tuple[str, str]) -> tuple[int, int]:
        resolved = resolve(make_name=names[0], model_name=names[1])
        return resolved.make.pk, resolved.model.pk


@dataclass(frozen=True)
class ImportContext:
    """A run, its config and who writes; `is_approved` says that a person let the file pass.

    `is_alone` says that all of it is to be one transaction of the caller's, or taken back.
    """

    run_id: int
    config: ImportConfig
    dry_run: bool
    is_approved: bool
    names: CatalogueNames
    by: WriteContext
    is_alone: bool = True
    prices: ModelPrices = field(default_factory=ModelPrices)
