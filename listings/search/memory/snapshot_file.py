"""A store on disk, which a process starts from instead of reading the whole stock.

There is one file in a folder, which is only ever replaced whole. Who has it mapped keeps the one
that it opened.
"""

import dataclasses
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from listings.language import tokens
from listings.models.conditions import LIVE_SQL
from listings.models.value import RATED_SQL
from listings.revisions import ReadMoment, TransactionSnapshot
from listings.search.facets import FACETS
from listings.search.memory.block_file import BlockFile, BlockWriter, UnusableFileError
from listings.search.memory.columns import CODES, STORED
from listings.search.memory.ratings import UnreadRatings
from listings.search.memory.store import SORTED_NAMES, Store
from listings.search.memory.values import BITS, NAMES

FORMAT = 1
NAME = "search.snapshot"
NEW = f"{NAME}.new"
LOCK = "search.lock"


@dataclasses.dataclass(frozen=True)
class SavedStore:
    """A compact store, the moment it is of, and the ratings that were left unread then."""

    store: Store
    moment: ReadMoment
    unread: tuple[UnreadRatings, ...]

    def write(self, folder: Path) -> None:
        """Put it in place of what stands in the folder; raises `OSError`, and leaves that then."""
        new = folder / NEW
        try:
            new.unlink(missing_ok=True)
            with new.open("xb") as file:
                blocks = BlockWriter(file)
                self.store.save(blocks)
                blocks.finish(self._details())
                file.flush()
                os.fsync(file.fileno())
            new.replace(folder / NAME)
        finally:
            new.unlink(missing_ok=True)
        _sync(folder)

    def _details(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "digest": digest(),
            "snapshot": str(self.moment.snapshot),
            "incarnation": self.moment.incarnation,
            "pruned_to": self.moment.pruned_to,
            "log_position": self.moment.log_position,
            "unread": self.unread,
        }


class SnapshotFile:
    """The file of a folder as it was opened: what it is of, and the store when it is asked for."""

    def __init__(self, blocks: BlockFile) -> None:
        """Raises `UnusableFileError`."""
        details = blocks.details
        if details.get("format") != FORMAT or details.get("digest") != digest():
            raise UnusableFileError("another version of the program wrote it")
        snapshot = TransactionSnapshot.parse(details["snapshot"])
        self.moment = ReadMoment(
            snapshot, details["incarnation"], details["pruned_to"], details["log_position"]
        )
        self.unread = tuple(
            UnreadRatings(low, high, (revision, id_))
            for low, high, (revision, id_) in details["unread"]
        )
        self._blocks = blocks

    def store(self) -> Store:
        """Map the columns and read the bitmaps; raises `UnusableFileError` and `OSError`."""
        return Store.load(self._blocks)

    def check(self) -> None:
        """Read every block once; raises as `store` does."""
        self._blocks.check()


@contextmanager
def opened(folder: Path) -> Iterator[SnapshotFile]:
    """Open what stands in a folder; raises `UnusableFileError` and `OSError`."""
    if not (folder / NAME).exists():
        raise UnusableFileError("there is none")
    with (folder / NAME).open("rb") as file:
        yield SnapshotFile(BlockFile(file))


def written_at(folder: Path) -> float | None:
    """Return when what stands in a folder was written, in seconds since 1970."""
    try:
        return (folder / NAME).stat().st_mtime
    except OSError:
        return None


@contextmanager
def sole_writer(folder: Path) -> Iterator[bool]:
    """Tell whether nobody else on this machine writes to a folder, and keep others out if so."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@cache
def digest() -> str:
    """Return what stands for the field table, and for the code that blocks are made and read by."""
    bands = {name: facet.bands for name, facet in FACETS.items()}
    tables = (STORED, CODES, sorted(SORTED_NAMES), sorted(NAMES), BITS, bands, LIVE_SQL, RATED_SQL)
    found = hashlib.sha256(repr(tables).encode())
    for file in (*sorted(Path(__file__).parent.glob("*.py")), Path(tokens.__file__)):
        found.update(file.read_bytes())
    return found.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
