"""The names of classes and modules, over all of the house."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

PACKAGES = ("marketplace", "listings", "dealers")
# Django looks for these by name: an inner class of options, a migration, a management command.
OF_DJANGO = {"Meta", "Media", "Migration", "Command"}
CATCH_ALLS = {"util", "utils", "helper", "helpers", "common", "core", "misc"}
NOUNS = {
    "encoding": "how a text is written in bytes",
    "fetching": "the way out of the house, and the only one",
    "geocoding": "the trade's word for finding a place on the map",
    "listing": "the trade's word for an advert",
    "mapping": "which column fills which field",
    "ordering": "the name of the API's parameter",
    "pricing": "the trade's word for plans, changes and history of prices",
    "rounding": "the rule of figures",
    "scoring": "the field's word for weighing matches",
    "spelling": "how words are written",
    "string": "no gerund",
    "throttling": "the REST framework's word for it",
}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (settings.BASE_DIR / package).rglob("*.py")


def names_of_modules() -> set[str]:
    """Return the names of modules and packages."""
    paths = (path.relative_to(settings.BASE_DIR).with_suffix("") for path in modules())
    return {part for path in paths if "migrations" not in path.parts for part in path.parts}


def test_no_class_name_stands_twice() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name not in OF_DJANGO:
                places[node.name].append(str(path.relative_to(settings.BASE_DIR)))
    assert len(places) > 500
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert twice == {}


def test_modules_are_called_by_nouns() -> None:
    last_words = {name.rpartition("_")[2] for name in names_of_modules()}
    assert {word for word in last_words if word.endswith("ing")} - {*NOUNS} == set()


def test_no_module_holds_what_has_no_other_place() -> None:
    names = names_of_modules()
    assert "listings" in names
    assert names & CATCH_ALLS == set()
