"""Looking up many names without a query for each."""

from listings.catalogue.names import make_index, match_key, model_indexes, without_make
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

    def find(self, make_name: str, model_name: str) -> tuple[int, int] | None:
        """Return the ids of a make and its model, where both are known."""
        make_id = self._makes.find(make_name)
        if make_id is None:
            return None
        models = self._models[make_id]
        model_id = models.find(model_name)
        if model_id is None:
            model_id = models.find(without_make(model_name, self._prefixes.get(make_id, ())))
        return None if model_id is None else (make_id, model_id)
