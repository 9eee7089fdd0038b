"""No file empties a forecourt: when a run is left to a person before anything is applied."""

from typing import NamedTuple

WITHDRAWN_SHARE_MAX = 0.2
WITHDRAWN_MIN = 10
SHRUNK_TO = 0.5


class FileTally(NamedTuple):
    """What a file has and lacks, in cars.

    `cars_before` is of the feed's last good run, `live` the adverts that the feed has on sale.
    `newly_absent` of them the file lacks for the first time, `due` it lacks once more.
    """

    is_full: bool
    cars: int
    cars_before: int | None
    live: int
    newly_absent: int
    due: int


def reason_to_hold(tally: FileTally) -> tuple[str, str] | None:
    """Return a code and a sentence, or None for a file that may be applied.

    Cars absent for the first time are weighed like those about to be withdrawn, although nothing
    is withdrawn yet: a broken file is told the day it comes, not the day after.
    """
    if not tally.is_full:
        return None
    if not tally.cars:
        return "empty", "The file has no car that can be read."
    if tally.cars_before and tally.cars < tally.cars_before * SHRUNK_TO:
        return (
            "shrunk",
            f"The file has {tally.cars:,} cars; the last one had {tally.cars_before:,}.",
        )
    missing = max(tally.newly_absent, tally.due)
    if missing >= WITHDRAWN_MIN and missing > tally.live * WITHDRAWN_SHARE_MAX:
        return "withdraws", f"The file lacks {missing:,} of the {tally.live:,} adverts on sale."
    return None
