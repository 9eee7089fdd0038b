"""Doing one thing to many adverts, and taking it back: each is a run, one row for each advert.

A batch is one transaction with what it says about its adverts: an interruption leaves no half of
anything, and the next step goes on with the adverts that still wait, whoever takes it: the page
of the run, or a worker when the page is closed.
"""

from dealers.bulk.acts import Act, name_of, step_of
from dealers.bulk.origins import (
    LastChange,
    UndoPreview,
    last_change_of,
    preview_undo,
    undo_ends_at,
    undo_of,
    undoable_runs,
)
from dealers.bulk.runs import NEED_TERMS, begin_run, begin_undo, state_terms, stop_run
from dealers.bulk.steps import Progress, progress_of, take_step

__all__ = [
    "NEED_TERMS",
    "Act",
    "LastChange",
    "Progress",
    "UndoPreview",
    "begin_run",
    "begin_undo",
    "last_change_of",
    "name_of",
    "preview_undo",
    "progress_of",
    "state_terms",
    "step_of",
    "stop_run",
    "take_step",
    "undo_ends_at",
    "undo_of",
    "undoable_runs",
]
