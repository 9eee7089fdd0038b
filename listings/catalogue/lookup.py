"""Looking up many names without a query for each."""

from listings.catalogue.names import make_index, match_key, model_indexes
from listings.models import Make, MakeAlias


class Finder:
    """The catalogue as it is now: finds what `resolve` would find, and never adds."""

    def __init__(self) -> None:
        self._makes = make_index()
        self._models = model_indexes()
        self._prefixes: dict[int, list[str]] = {}
        names = [*Make.objects.values_list("id", "name")]
        for make_id, name in [*names, *MakeAlias.objects.values_list("make_id", "name")]:
            self._prefixes.setdefault(make_id, []).append(match_key(name))
        for prefixes in self._prefixes.values():
            prefixes.sort(key=len, reverse=True)

    def find(self, make_name: str, model_name: str) -> tuple[int, int] | None:
        """Return the ids of a make and its model, where both are known."""
        make_id = self._makes.find(make_name)
        if make_id is None:
            return None
        models = self._models[make_id]
        model_id = models.find(model_name)
        if model_id is None:
            model_id = models.find(self._without_make(make_id, model_name))
        return None if model_id is None else (make_id, model_id)

    def _without_make(self, make_id: int, model_name: str) -> str:
        key = match_key(model_name)
        starts = (start for start in self._prefixes.get(make_id, ()) if key.startswith(start))
        return key.removeprefix(next(starts, ""))
