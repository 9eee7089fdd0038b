"""From what a dealer's system sends to rows: branches, makes and models."""

from collections.abc import Iterable, Mapping
from typing import Any

from dealers.models import Branch
from listings.catalogue import Finder, Resolved, resolve
from listings.exceptions import InvalidListing
from listings.models import Model


class StockNames:
    """Looks names up for one dealer, each once however many adverts use it.

    `forget` what a transaction found that is rolled back: it may have made rows.
    """

    def __init__(self, dealer_id: int) -> None:
        self._dealer_id = dealer_id
        self._branches: dict[int, Branch] | None = None
        self._resolved: dict[tuple[str, str], Resolved] = {}

    def look_up(self, bodies: Iterable[Mapping[str, Any]]) -> None:
        """Find the names of many adverts together; those that are not known are left to `rows`."""
        wanted = {(each["make"], each["model"]) for each in bodies if "make" in each}
        wanted -= set(self._resolved)
        if len(wanted) < 2:
            return
        self._resolved |= _by_slugs(wanted)
        finder = Finder()
        found = {names: finder.find(*names) for names in wanted - set(self._resolved)}
        models = Model.objects.select_related("make").in_bulk(
            [ids[1] for ids in found.values() if ids]
        )
        for names, ids in found.items():
            if ids:
                self._resolved[names] = Resolved(models[ids[1]].make, models[ids[1]])

    def knows(self, fields: Mapping[str, Any]) -> bool:
        """Return whether `rows` adds no name to the catalogue."""
        return "make" not in fields or (fields["make"], fields["model"]) in self._resolved

    def rows(self, fields: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
        """Return the fields as `listings.adverts` takes them; raises `InvalidListing`."""
        rows = dict(fields)
        if "make" in fields:
            rows["make"], rows["model"] = self._resolve(fields["make"], fields["model"])
        if is_new or "branch" in fields:
            rows["branch"] = self._branch(fields.get("branch"))
        return rows

    def forget(self) -> None:
        self._resolved.clear()

    def _resolve(self, make: str, model: str) -> Resolved:
        if (make, model) not in self._resolved:
            self._resolved[make, model] = _by_slug(make, model) or resolve(
                make_name=make, model_name=model
            )
        return self._resolved[make, model]

    def _branch(self, branch_id: int | None) -> Branch:
        if self._branches is None:
            own = Branch.objects.select_related("dealer").for_dealer(self._dealer_id)
            self._branches = {branch.pk: branch for branch in own}
        if branch_id is None and len(self._branches) == 1:
            return next(iter(self._branches.values()))
        if branch_id is None:
            message = f"Which branch? Yours are {_listed(self._branches)}."
        elif branch_id in self._branches:
            return self._branches[branch_id]
        else:
            message = f"This is not one of your branches: {_listed(self._branches)}."
        raise InvalidListing("Some fields cannot be accepted.", fields={"branch": [message]})


def _by_slug(make: str, model: str) -> Resolved | None:
    row = Model.objects.select_related("make").filter(make__slug=make, slug=model).first()
    return None if row is None else Resolved(row.make, row)


def _by_slugs(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Resolved]:
    makes, models = zip(*wanted, strict=True)
    rows = Model.objects.select_related("make").filter(make__slug__in=makes, slug__in=models)
    found = {(row.make.slug, row.slug): Resolved(row.make, row) for row in rows}
    return {names: found[names] for names in wanted if names in found}


def _listed(branches: Mapping[int, Branch]) -> str:
    return ", ".join(f"{branch.pk} ({branch.name})" for branch in branches.values()) or "none"
