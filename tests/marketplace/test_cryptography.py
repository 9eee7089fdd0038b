"""Which hashes and which randomness the code uses: approved ones, and `secrets` for secrets."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.module_loading import import_string

from tests.marketplace.checkouts import ROOT
from tests.marketplace.test_settings import SAFE, read

__all__ = ["read"]
APPS = ("dealers", "listings", "marketplace")


def sources() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in (ROOT / app).rglob("*"):
            if path.suffix in (".py", ".sql") and "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def hashes_of(source: str) -> set[str]:
    """Return the names that a module takes from hashlib."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "hashlib":
            found |= {each.name for each in node.names}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {node.attr} if node.value.id == "hashlib" else set()
    return found


def is_by_chance(source: str) -> bool:
    """Return whether a module imports `random`, whose numbers can be foretold."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and "random" in {each.name for each in node.names}:
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "random":
            return True
    return False


def test_hashes_are_those_that_are_documented() -> None:
    used = defaultdict(set)
    for name, source in sources():
        for each in hashes_of(source) if name.endswith(".py") else ():
            used[each].add(name)
    assert set(used) == {"sha256", "blake2b"}
    assert "dealers/keys.py" in used["sha256"]


def test_md5_tells_one_list_from_another_and_nothing_else() -> None:
    found = {name for name, source in sources() if "md5(" in source.lower()}
    assert found == {"listings/photos/sources.py"}


def test_no_secret_is_made_by_numbers_that_can_be_foretold() -> None:
    found = {name for name, source in sources() if name.endswith(".py") and is_by_chance(source)}
    cars_of_the_demo = {name for name in found if name.startswith("dealers/management/demo/")}
    spreads_attempts = {"dealers/webhooks/outcomes.py"}
    assert found - cars_of_the_demo == spreads_attempts
    assert cars_of_the_demo


def test_passwords_are_hashed_slowly(read: Callable[..., str]) -> None:
    assert read("print(hasattr(settings, 'PASSWORD_HASHERS'))", **SAFE) == "False"
    first = import_string(global_settings.PASSWORD_HASHERS[0])
    assert first is PBKDF2PasswordHasher
    assert first.algorithm == "pbkdf2_sha256"
    assert first.iterations >= 1_000_000
