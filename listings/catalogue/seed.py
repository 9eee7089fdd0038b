"""The catalogue that comes with the project, and its way into the database."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from listings.catalogue.names import (
    MAKE_NAME_LENGTH,
    MODEL_NAME_LENGTH,
    NameIndex,
    free_slug,
    lock_catalogue,
    make_index,
    match_key,
    model_indexes,
)
from listings.choices import Confirmation
from listings.models import Make, MakeAlias, Model, ModelAlias

_FILE = Path(__file__).with_name("uk.toml")


@dataclass(frozen=True)
class SeedMake:
    """A make as the file has it; `also` maps a model's name to its aliases."""

    name: str
    models: list[str]
    aliases: list[str] = field(default_factory=list)
    also: dict[str, list[str]] = field(default_factory=dict)

    def model_aliases(self) -> list[tuple[str, str]]:
        """Return every alias of a model, after the model's name."""
        return [(name, alias) for name, aliases in self.also.items() for alias in aliases]


@dataclass(frozen=True)
class SeedCounts:
    """How many rows a load added, and how many pending ones it could confirm."""

    makes: int
    models: int
    aliases: int
    confirmed: int


def read_seed() -> list[SeedMake]:
    """Return the makes of the file."""
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return [SeedMake(name, **entry) for name, entry in entries.items()]


@transaction.atomic
def load_seed() -> SeedCounts:
    """Add what the shipped catalogue has and the database lacks.

    Nothing that staff renamed, merged or added changes: an entry that answers to a shipped name
    is left as it is. A pending entry with a shipped name is confirmed and takes its spelling.
    """
    lock_catalogue()
    seed = read_seed()
    makes_added = _add_makes(seed)
    index = make_index()
    ids = {make.name: _found(index, make.name) for make in seed}
    models_added = _add_models(seed, ids)
    return SeedCounts(
        makes=makes_added,
        models=models_added,
        aliases=_add_make_aliases(seed, index) + _add_model_aliases(seed, ids),
        confirmed=_confirm_makes(seed) + _confirm_models(seed, ids),
    )


def _add_makes(seed: list[SeedMake]) -> int:
    index = make_index()
    slugs = set(Make.objects.values_list("slug", flat=True))
    rows = []
    for make in seed:
        if make.name not in index:
            slug = free_slug(make.name, slugs, MAKE_NAME_LENGTH)
            slugs.add(slug)
            rows.append(Make(name=make.name, slug=slug))
    return len(Make.objects.bulk_create(rows))


def _add_models(seed: list[SeedMake], ids: dict[str, int]) -> int:
    indexes = model_indexes()
    slugs: defaultdict[int, set[str]] = defaultdict(set)
    for make_id, slug in Model.objects.values_list("make_id", "slug"):
        slugs[make_id].add(slug)
    rows = []
    for make in seed:
        make_id = ids[make.name]
        for name in make.models:
            if name not in indexes[make_id]:
                slug = free_slug(name, slugs[make_id], MODEL_NAME_LENGTH)
                slugs[make_id].add(slug)
                rows.append(Model(make_id=make_id, name=name, slug=slug))
    return len(Model.objects.bulk_create(rows))


def _add_make_aliases(seed: list[SeedMake], index: NameIndex) -> int:
    rows = []
    for make in seed:
        for alias in make.aliases:
            if alias not in index:
                make_id = _found(index, make.name)
                index.add(alias, make_id)
                rows.append(MakeAlias(make_id=make_id, name=alias))
    return len(MakeAlias.objects.bulk_create(rows))


def _add_model_aliases(seed: list[SeedMake], ids: dict[str, int]) -> int:
    indexes = model_indexes()
    rows = []
    for make in seed:
        index = indexes[ids[make.name]]
        for name, alias in make.model_aliases():
            if alias not in index:
                model_id = _found(index, name)
                index.add(alias, model_id)
                rows.append(ModelAlias(model_id=model_id, name=alias))
    return len(ModelAlias.objects.bulk_create(rows))


def _confirm_makes(seed: list[SeedMake]) -> int:
    names = {match_key(make.name): make.name for make in seed}
    rows = [
        row
        for row in Make.objects.filter(confirmation=Confirmation.PENDING)
        if match_key(row.name) in names
    ]
    for row in rows:
        row.name, row.confirmation = names[match_key(row.name)], Confirmation.CONFIRMED
    return Make.objects.bulk_update(rows, ["name", "confirmation"])


def _confirm_models(seed: list[SeedMake], ids: dict[str, int]) -> int:
    names = {(ids[make.name], match_key(name)): name for make in seed for name in make.models}
    rows = [
        row
        for row in Model.objects.filter(confirmation=Confirmation.PENDING)
        if (row.make_id, match_key(row.name)) in names
    ]
    for row in rows:
        row.name = names[row.make_id, match_key(row.name)]
        row.confirmation = Confirmation.CONFIRMED
    return Model.objects.bulk_update(rows, ["name", "confirmation"])


def _found(index: NameIndex, name: str) -> int:
    """Return the id behind a name that has just been added if it was not there."""
    row_id = index.find(name)
    if row_id is None:
        raise LookupError(name)
    return row_id
