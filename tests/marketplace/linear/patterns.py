"""Every regular expression of the project, and how it is asked."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

PACKAGES = ("marketplace", "listings", "dealers")
MIGRATIONS = ".migrations."
_DEPTH = 4
_COMPILING = frozenset(
    ["compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"]
)
SCANNING = frozenset(["search", "split", "findall", "finditer", "sub", "subn"])
ANCHORED = frozenset(["match", "fullmatch"])
_WRITTEN_AS_TEXT = re.compile(r"_?[A-Z_]*(?:SHAPE|PATTERN)|WITH_A_WORD")


class Found(NamedTuple):
    """A pattern, where it stands, and the methods that ask it: all of them where none is seen."""

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


@cache
def modules() -> tuple[ModuleType, ...]:
    names = [
        found.name
        for package in PACKAGES
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
    ]
    wanted = [name for name in names if MIGRATIONS not in name and not name.endswith("__main__")]
    return tuple(map(importlib.import_module, [*PACKAGES, *wanted]))


@cache
def every_pattern() -> tuple[Found, ...]:
    """Return the patterns of all modules, classes, tables and functions, each once."""
    found: dict[tuple[Any, int], Found] = {}
    for module in modules():
        for name, pattern in [*_held(module), *_written(module)]:
            key = (pattern.pattern, pattern.flags)
            methods = _methods(module.__name__, name)
            first = found.setdefault(key, Found(f"{module.__name__}.{name}", pattern, methods))
            found[key] = first._replace(methods=first.methods | methods)
    return tuple(
        each._replace(methods=each.methods or SCANNING | ANCHORED) for each in found.values()
    )


def compiled_from_variables() -> dict[str, str]:
    """Return the calls whose pattern is known only when they are made, by their module."""
    return {
        module.__name__: ast.unparse(call)
        for module in modules()
        for call in _calls(module)
        if _evaluated(module, call.args[0]) is None
    }


def _held(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in vars(module).items():
        if isinstance(value, str) and _WRITTEN_AS_TEXT.fullmatch(name):
            yield name, re.compile(value)
        if isinstance(value, type) and value.__module__ == module.__name__:
            for pattern in _inside(list(vars(value).values()), _DEPTH):
                yield name, pattern
        for pattern in _inside(value, _DEPTH):
            yield name, pattern


def _inside(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Mapping) and depth:
        for pair in list(value.items()):
            yield from _inside(pair, depth - 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth:
        for each in value:
            yield from _inside(each, depth - 1)


def _written(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Yield what functions compile themselves, with the method's name for a name."""
    for call in _calls(module):
        pattern = _evaluated(module, call.args[0])
        if isinstance(pattern, str):
            yield ast.unparse(call.func), re.compile(pattern, _flags(module, call))


def _flags(module: ModuleType, call: ast.Call) -> int:
    given = [each.value for each in call.keywords if each.arg == "flags"]
    if isinstance(call.func, ast.Attribute) and call.func.attr == "compile":
        given += call.args[1:2]
    return int(_evaluated(module, given[0]) or 0) if given else 0  # type: ignore[call-overload]


def _calls(module: ModuleType) -> Iterator[ast.Call]:
    for node in ast.walk(_tree(module.__name__)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name), args=[_, *_]):
                if name in _COMPILING:
                    yield node


def _evaluated(module: ModuleType, node: ast.expr) -> object | None:
    try:
        return eval(ast.unparse(node), dict(vars(module)))  # type: ignore[no-any-return]  # noqa: S307 - our own source
    except NameError:
        return None


@cache
def _tree(name: str) -> ast.Module:
    return ast.parse(Path(str(importlib.import_module(name).__file__)).read_text(encoding="utf-8"))


@cache
def _asked() -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the methods that any module calls, by the module and the name in it."""
    asked: dict[tuple[str, str], frozenset[str]] = {}
    for module in modules():
        for node in ast.walk(_tree(module.__name__)):
            match node:
                case ast.Attribute(value=ast.Name(id=name), attr=method) if method in _COMPILING:
                    key = (module.__name__, name)
                    asked[key] = asked.get(key, frozenset()) | {method}
    return asked


def _methods(module: str, name: str) -> frozenset[str]:
    own = _asked().get((module, name), frozenset())
    if name.startswith("re."):
        return frozenset({name.removeprefix("re.")} - {"compile"})
    return own.union(*(_asked().get((user, name), ()) for user in _importers(module, name)))


@cache
def _importers(module: str, name: str) -> tuple[str, ...]:
    return tuple(
        user.__name__
        for user in modules()
        for node in _tree(user.__name__).body
        if isinstance(node, ast.ImportFrom)
        and node.module == module
        and any(each.name == name for each in node.names)
    )
