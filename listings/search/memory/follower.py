"""The store that follows the database: from the file on disk, or from the whole stock."""

import ctypes
import gc
from pathlib import Path

import structlog

from listings.revisions import ReadMoment
from listings.search.memory.block_file import UnusableFileError
from listings.search.memory.branches import Branches
from listings.search.memory.ratings import UnreadRatings
from listings.search.memory.snapshot_file import SavedStore, opened, written_at
from listings.search.memory.store import Snapshot, Store
from listings.search.memory.updates import ReplicaUpdate, read_update

log = structlog.get_logger(__name__)


class Follower:
    """The rows that were read so far, and the moment they are of."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where a store may stand on disk, to begin with and to go on from."""
        self._folder = folder
        self._looked_at: float | None = None  # the file that was there, by when it was written
        self._store: Store | None = None
        self._moment: ReadMoment | None = None
        self._branches: Branches | None = None
        self._unread: tuple[UnreadRatings, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the last reading left nothing for the next one."""
        return not self._unread

    @property
    def log_position(self) -> int:
        """How far in the log of writes the next reader has to be."""
        return 0 if self._moment is None else self._moment.log_position

    def snapshot(self) -> Snapshot:
        """Read what is new, and return the snapshot of now."""
        known = self._store
        update = self._read()
        before = self._store
        if before is None or update.is_whole:
            self._store = Store(update.rows, update.titles)
        else:
            self._store = before.add(update.rows, update.titles, update.removed)
            self._store.rate(update.ratings)
        self._moment, self._branches = update.moment, update.branches
        self._unread = update.unread
        snapshot = self._store.snapshot(update.clock, update.branches)
        if self._store is not known:
            del update
            return_memory()
            _leave_to_itself()
        return snapshot

    def saved(self) -> SavedStore:
        """Read what is new, and return it as it is to be written."""
        self.snapshot()
        assert self._store is not None  # noqa: S101 - it has just been read
        assert self._moment is not None  # noqa: S101 - as above
        return SavedStore(self._store.compact(), self._moment, self._unread)

    def _read(self) -> ReplicaUpdate:
        if self._folder is not None and (self._store is None or self._store.is_filling):
            file = written_at(self._folder) or 0.0
            try:
                if file != self._looked_at:
                    update = self._start_from(self._folder)
                    self._looked_at = file
                    return update
            except (UnusableFileError, OSError) as error:
                log.warning("search_snapshot_ignored", reason=str(error))
                self._looked_at = file
        return read_update(self._moment, self._branches, self._unread)

    def _start_from(self, folder: Path) -> ReplicaUpdate:
        """Take the store on disk, and return what changed since; all there is if that is unknown.

        The blocks of a file are read after what tells whether they are of any use. A store that
        fills up goes on from a newer file too, before it has to be built anew in memory of its own.
        """
        with opened(folder) as file:
            update = read_update(file.moment, None, file.unread)
            if not update.is_whole:
                self._store = file.store()
            elif file.moment.incarnation != update.moment.incarnation:
                log.warning("search_snapshot_ignored", reason="it is of another database")
            else:
                log.warning("search_snapshot_ignored", reason="not all changes since are kept")
        return update


def return_memory() -> None:
    """Give what building a store needed back to the system; only glibc keeps it otherwise."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _leave_to_itself() -> None:
    """Have garbage looked for in none of what stands now, which would stop requests for 0.1 s."""
    gc.collect()
    gc.freeze()
