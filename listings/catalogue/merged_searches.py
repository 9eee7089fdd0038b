"""Saved searches that name what a merge removes: they look for what it is now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from listings.models import Model, SavedSearch


@dataclass
class MergedNames:
    """Addresses (slugs) before and after a merge: the make's, and those of its models.

    `is_whole` tells that the make itself is gone, and not one of its models alone.
    """

    make: str
    into_make: str
    models: dict[str, str] = field(default_factory=dict)
    is_whole: bool = True


def follow_merge(names: MergedNames) -> None:
    """Rewrite saved searches by the names of a merge, which has been done, in its transaction.

    A model that is asked for without a make is every model of that address: the new one joins
    those that are left. The digest by which an address saves a search once stays: at worst the
    same search can be saved once more.
    """
    asked = Q(criteria__make__contains=[names.make]) if names.is_whole else Q()
    for slug in names.models:
        asked |= Q(criteria__model__contains=[slug])
    left = set(Model.objects.filter(slug__in=names.models).values_list("slug", flat=True))
    rows = SavedSearch.objects.select_for_update(no_key=True).filter(asked).order_by("pk")
    for saved in rows:
        criteria = {**saved.criteria, **_renamed(saved.criteria, names, left)}
        if criteria != saved.criteria:
            saved.criteria = criteria
            saved.save(update_fields=["criteria"])


def _renamed(
    criteria: Mapping[str, list[str]], names: MergedNames, left: set[str]
) -> dict[str, list[str]]:
    """Return what changes of a search; `left` are addresses that models still have."""
    makes, models = criteria.get("make", []), criteria.get("model", [])
    if makes and names.make not in makes:
        return {}
    gone = [slug for slug in models if slug in names.models]
    others = set() if makes == [names.make] and gone == models else left
    renamed = {}
    if gone:
        renamed["model"] = _once(now for slug in models for now in _now(slug, names, others))
    if makes and (names.is_whole or gone):
        stays = not names.is_whole and gone != models
        new = (names.make, names.into_make) if stays else (names.into_make,)
        renamed["make"] = _once(
            now for slug in makes for now in (new if slug == names.make else (slug,))
        )
    return renamed


def _now(slug: str, names: MergedNames, others: set[str]) -> tuple[str, ...]:
    """Return what a model's address means now: of the merged make, and of others where any is."""
    new = names.models.get(slug, slug)
    return (slug, new) if slug in others else (new,)


def _once(slugs: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(slugs))
