"""Applying a mapping to rows, a hundred thousand times."""

from collections import abc
from typing import NamedTuple

from dealers.feeds.columns.mapping import JOINED, ColumnMapping, ColumnSource, group_key
from dealers.feeds.files import header_key

_PLANS_MAX = 2_000

Headers = tuple[str, ...]


class Mapped(NamedTuple):
    """A row's texts by our fields, and the columns that no field has, as sent."""

    ours: dict[str, str]
    rest: dict[str, str]


class _Plan(NamedTuple):
    """What to do with rows of the same headers: (field, header), and what needs more thought."""

    plain: tuple[tuple[str, str], ...]
    several: tuple[tuple[str, Headers, str], ...]
    rest: Headers


class ColumnMapper:
    """Turns rows into texts by our fields; build one for a run.

    Headers are found whatever their case and punctuation. A constant stands where its field has
    no column, or where the cell is empty.
    """

    def __init__(self, mapping: ColumnMapping) -> None:
        self._fields = dict(mapping.fields)
        self._constants = dict(mapping.constants)
        self._plans: dict[Headers, _Plan] = {}

    def apply(self, cells: abc.Mapping[str, str]) -> Mapped:
        headers = tuple(cells)
        plan = self._plans.get(headers)
        if plan is None:
            if len(self._plans) >= _PLANS_MAX:
                self._plans.clear()
            plan = self._plans[headers] = self._plan(headers)
        ours = {name: cells[header] for name, header in plan.plain}
        for name, named, suffix in plan.several:
            ours[name] = _joined(name, [cells[header] for header in named], suffix)
        for name, constant in self._constants.items():
            if not ours.get(name, "").strip():
                ours[name] = constant
        return Mapped(ours, {header: cells[header] for header in plan.rest})

    def _plan(self, headers: Headers) -> _Plan:
        by_key: dict[str, str] = {}
        groups: dict[str, list[str]] = {}
        for header in headers:
            by_key.setdefault(header_key(header), header)
            groups.setdefault(group_key(header), []).append(header)
        plain: list[tuple[str, str]] = []
        several: list[tuple[str, Headers, str]] = []
        for name, source in self._fields.items():
            named = _named(name, source, by_key, groups)
            if len(named) == 1 and not source.suffix:
                plain.append((name, named[0]))
            elif named:
                several.append((name, named, source.suffix))
        used = {header for _, header in plain}
        used |= {header for _, named, _ in several for header in named}
        rest = tuple(header for header in headers if header not in used)
        return _Plan(tuple(plain), tuple(several), rest)


def _named(
    name: str,
    source: ColumnSource,
    by_key: abc.Mapping[str, str],
    groups: abc.Mapping[str, list[str]],
) -> Headers:
    if name in JOINED:
        found = [each for header in source.headers for each in groups.get(group_key(header), ())]
    else:
        keys = map(header_key, source.headers)
        found = [by_key[key] for key in keys if key in by_key]
    return tuple(dict.fromkeys(found))


def _joined(name: str, texts: list[str], suffix: str) -> str:
    said = [text for text in texts if text.strip()]
    if not said:
        return ""
    if name in JOINED:
        return JOINED[name].join(said)
    return said[0] + suffix
