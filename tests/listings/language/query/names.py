"""The shipped catalogue as a vocabulary, without a database."""

from functools import cache

from listings.catalogue.names import free_slug, match_key
from listings.catalogue.seed import SeedMake, read_seed
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel
from listings.language.query import Vocabulary


@cache
def vocabulary() -> Vocabulary:
    slugs: set[str] = set()
    return Vocabulary(Catalogue(tuple(_make(make, slugs) for make in read_seed())))


def _make(make: SeedMake, slugs: set[str]) -> CatalogueMake:
    taken: set[str] = set()
    models = tuple(
        CatalogueModel(_slug(name, taken), (name, *make.also.get(name, ()))) for name in make.models
    )
    own = {match_key(name) for model in models for name in model.names}
    aliases = [alias for alias in make.aliases if match_key(alias) not in own]
    return CatalogueMake(_slug(make.name, slugs), (make.name, *aliases), models)


def _slug(name: str, taken: set[str]) -> str:
    slug = free_slug(name, taken, 80)
    taken.add(slug)
    return slug
