"""Several files in one archive: parts of one table, or a table and what belongs to its rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from dealers.feeds.files.headers import header_key
from dealers.feeds.files.limits import COMPANION_COLUMNS_MAX
from dealers.feeds.files.rows import FeedFormat, SourceRow, UnreadableFeed

_OF_A_CAR = ("vehicleid", "stockid", "stockno", "stocknumber", "fullregistration", "registration")
_OF_A_DEALER = ("feedid", "dealerid", "branchid", "siteid", "site")
_SAYS_A_CAR = frozenset({"make", "model", "price", "mileage", "fullregistration", "registration"})
_COMPANION_CHARACTERS_MAX = 64 * 1024**2

Columns = dict[str, dict[str, str]]


class ArchiveMember(NamedTuple):
    """A file of an archive; `headers` are known for CSV alone."""

    name: str
    format: FeedFormat
    headers: tuple[str, ...]

    @property
    def keys(self) -> dict[str, str]:
        """Headers by their normalised key."""
        return {header_key(header): header for header in reversed(self.headers)}


class Companions(NamedTuple):
    """Columns that belong to the rows of another file, by the value of its column `header`."""

    header: str
    columns: Columns


def main_of(parts: list[ArchiveMember]) -> ArchiveMember | None:
    """Return the file that has the cars, None where the files are one table in parts.

    Raises `UnreadableFeed` where the files have nothing to do with each other.
    """
    if len({(part.format, frozenset(part.keys)) for part in parts}) == 1:
        return None
    by_cars = sorted(parts, key=lambda part: len(_SAYS_A_CAR & part.keys.keys()), reverse=True)
    main, second = by_cars[0], by_cars[1]
    is_pair = len(parts) == 2 and len(_SAYS_A_CAR & main.keys.keys()) > 2
    if is_pair and _shared(main, second) is not None:
        return main
    message = "The archive holds several files that do not belong together."
    raise UnreadableFeed("ambiguous_archive", message)


def companion_of(rows: Iterable[SourceRow], main: ArchiveMember) -> Companions:
    """Return what the other file of a pair says, by the column that both have."""
    headers = main.keys
    shared, gathered = "", None
    size = 0
    for row in rows:
        if gathered is None:
            own = {header_key(header): header for header in row.cells}
            key = _first_of(headers.keys() & own.keys())
            if key is None:
                continue  # a row that breaks off before it
            shared, gathered = headers[key], _Gathered(own[key], headers)
        size += sum(map(len, row.cells.values()))
        if size > _COMPANION_CHARACTERS_MAX:
            raise UnreadableFeed("too_large", "The second file of the pair is too large.")
        gathered.add(row.cells)
    return Companions(shared, {} if gathered is None else gathered.columns)


def joined(rows: Iterable[SourceRow], companions: Companions) -> Iterator[SourceRow]:
    """Yield the rows with what the other file says of each; their own cells come first."""
    for row in rows:
        more = companions.columns.get(row.cells.get(companions.header, "").strip())
        yield row._replace(cells={**row.cells, **more}) if more else row


def _shared(main: ArchiveMember, other: ArchiveMember) -> str | None:
    return _first_of(main.keys.keys() & other.keys.keys())


def _first_of(keys: Collection[str]) -> str | None:
    return next((key for key in (*_OF_A_CAR, *_OF_A_DEALER) if key in keys), None)


class _Gathered:
    """The columns of a companion, by the value that both files have; a second "a" is "a#2"."""

    def __init__(self, header: str, own: Mapping[str, str]) -> None:
        self._header = header
        self._own = own
        self._times: Counter[tuple[str, str]] = Counter()
        self.columns: Columns = {}

    def add(self, cells: Mapping[str, str]) -> None:
        value = cells.get(self._header, "").strip()
        if not value:
            return
        of_value = self.columns.setdefault(value, {})
        for name, text in cells.items():
            if header_key(name) not in self._own and len(of_value) < COMPANION_COLUMNS_MAX:
                of_value[self._free(of_value, value, name)] = text

    def _free(self, taken: Mapping[str, str], value: str, name: str) -> str:
        free = name
        while free in taken:
            times = self._times[value, name] = self._times[value, name] + 1
            free = f"{name}#{times + 1}"
        return free
