"""What staff do to one entry of the catalogue: confirm it, rename it, give it another name.

An entry keeps its address (slug) when it is renamed, and its old name stays as an alias, so that
links and feeds that use it still find it.
"""

from django.db import transaction

from listings.catalogue.names import (
    NAME_LENGTHS,
    NameIndex,
    Row,
    get_locked,
    lock_catalogue,
    make_index,
    match_key,
    model_index,
    tidy,
)
from listings.choices import Confirmation
from listings.models import Make


@transaction.atomic
def confirm_entry(*, kind: type[Row], entry_id: int) -> Row:
    """Say that a name a feed brought in is a real make or model; raises `NotInCatalogue`."""
    entry = get_locked(kind.objects.all(), entry_id)
    entry.confirmation = Confirmation.CONFIRMED
    entry.save(update_fields=["confirmation"])
    return entry


@transaction.atomic
def rename_entry(*, kind: type[Row], entry_id: int, name: str) -> Row:
    """Give an entry another name; raises `NotInCatalogue`, `Invalid` or `NameTaken`."""
    entry, name, _ = _locked(kind, entry_id, name)
    old_name, entry.name = entry.name, name
    entry.save(update_fields=["name"])
    same = [each.pk for each in entry.aliases.all() if match_key(each.name) == match_key(name)]
    entry.aliases.filter(pk__in=same).delete()
    if match_key(old_name) != match_key(name):
        entry.aliases.create(name=old_name)
    return entry


@transaction.atomic
def add_alias(*, kind: type[Row], entry_id: int, name: str) -> Row:
    """Let another name mean an entry, once; raises `NotInCatalogue`, `Invalid` or `NameTaken`."""
    entry, name, known = _locked(kind, entry_id, name)
    if name not in known:
        entry.aliases.create(name=name)
    return entry


def _locked(kind: type[Row], entry_id: int, name: str) -> tuple[Row, str, NameIndex]:
    """Return an entry under its lock, a name that no other has, tidied, and the names there are."""
    name = tidy(name, "name", NAME_LENGTHS[kind])
    lock_catalogue()
    entry = get_locked(kind.objects.all(), entry_id)
    known = make_index() if isinstance(entry, Make) else model_index(entry.make_id)
    known.refuse_taken(name, by_other_than=entry.pk)
    return entry, name, known
