"""How names of makes and models are cleaned, compared and looked up."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.utils.text import slugify

from listings.models import Make, MakeAlias, Model, ModelAlias
from marketplace.errors import Conflict, DomainError, Invalid

MAKE_NAME_LENGTH = 60
MODEL_NAME_LENGTH = 80
NAME_LENGTHS: Mapping[type, int] = {Make: MAKE_NAME_LENGTH, Model: MODEL_NAME_LENGTH}

# Any number will do, as long as nothing else in this database locks the same one.
_CATALOGUE_LOCK = 7_201_964_113

Row = TypeVar("Row", Make, Model)


class NotInCatalogue(DomainError):
    code = "not_in_catalogue"
    status = 404

    def __init__(self) -> None:
        super().__init__("This make or model is no longer in the catalogue.")


class NameTaken(Conflict):
    """Another make, or another model of the make, already has the name; `extra` holds its id."""

    code = "name_taken"

    def __init__(self, owner_id: int) -> None:
        message = "Another entry of the catalogue already has this name."
        super().__init__(message, fields={"name": [message]}, extra={"id": owner_id})


class NameIndex:
    """Finds rows by name or alias; a name beats an alias."""

    def __init__(self, names: Iterable[tuple[int, str]], aliases: Iterable[tuple[int, str]]):
        self._ids: dict[str, int] = {}
        for row_id, name in (*names, *aliases):
            self._ids.setdefault(match_key(name), row_id)

    def __contains__(self, name: str) -> bool:
        return match_key(name) in self._ids

    def find(self, name: str) -> int | None:
        return self._ids.get(match_key(name))

    def add(self, name: str, row_id: int) -> None:
        self._ids[match_key(name)] = row_id

    def refuse_taken(self, name: str, *, by_other_than: int) -> None:
        """Raise `NameTaken` where the name leads to another row."""
        owner = self.find(name)
        if owner is not None and owner != by_other_than:
            raise NameTaken(owner)


@lru_cache(maxsize=16_384)
def match_key(name: str) -> str:
    """Return what the spellings of one name share: "Citroën" and "CITROEN", "C-Class", "c class".

    A plus and a hash tell models apart (Ka and Ka+, smart #1), so they stay.
    """
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum() or letter in "+#")


def without_make(name: str, make_keys: Iterable[str]) -> str:
    """Return the key of a model's name without that of its make, the longest that it begins with.

    `make_keys` are the keys of all the make's names: "Land Rover Discovery" is "discovery".
    """
    key = match_key(name)
    return key.removeprefix(max(filter(key.startswith, make_keys), key=len, default=""))


def tidy(name: str, field: str, length_max: int) -> str:
    """Return a name fit to be stored; raises `Invalid` for one that is empty or too long."""
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    tidied = " ".join(printable.split())
    if not match_key(tidied):
        raise Invalid(f"The {field} is missing.", fields={field: ["This field is required."]})
    if len(tidied) > length_max:
        message = f"At most {length_max} characters."
        raise Invalid(f"The name of the {field} is too long.", fields={field: [message]})
    return tidied


def free_slug(name: str, taken: Collection[str], length_max: int) -> str:
    """Return an address for a name that none of the taken ones equals."""
    spelled_out = name.replace("+", " plus ").replace("#", " hash ")
    stem = slugify(spelled_out)[: length_max - 6].strip("-") or "other"
    candidate, number = stem, 1
    while candidate in taken:
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def make_index() -> NameIndex:
    return NameIndex(
        Make.objects.order_by("id").values_list("id", "name"),
        MakeAlias.objects.order_by("id").values_list("make_id", "name"),
    )


def model_index(make_id: int) -> NameIndex:
    return NameIndex(
        Model.objects.filter(make=make_id).order_by("id").values_list("id", "name"),
        ModelAlias.objects.filter(model__make=make_id)
        .order_by("id")
        .values_list("model_id", "name"),
    )


def model_indexes() -> defaultdict[int, NameIndex]:
    """Return the index of every make's models, by the make's id."""
    names: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    aliases: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for make_id, model_id, name in Model.objects.order_by("id").values_list(
        "make_id", "id", "name"
    ):
        names[make_id].append((model_id, name))
    for make_id, model_id, name in ModelAlias.objects.order_by("id").values_list(
        "model__make_id", "model_id", "name"
    ):
        aliases[make_id].append((model_id, name))
    indexes = {make_id: NameIndex(names[make_id], aliases[make_id]) for make_id in names}
    return defaultdict(lambda: NameIndex((), ()), indexes)


def lock_catalogue() -> None:
    """Wait for every other writer of the catalogue; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CATALOGUE_LOCK])


def get_locked(rows: QuerySet[Row], row_id: int) -> Row:
    """Return a row under its lock; raises `NotInCatalogue`."""
    row = rows.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise NotInCatalogue
    return row
