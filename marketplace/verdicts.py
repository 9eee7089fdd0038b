"""What a check of a deployment says: a part, how it stands, and a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    FINE = "ok"
    DOUBTFUL = "look"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    """What a check of one part found, in a sentence for whoever runs the marketplace."""

    part: str
    verdict: Verdict
    text: str


Verdicts = Iterator[tuple[Verdict, str]]


def first_line(error: BaseException) -> str:
    """Return an error in a line."""
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
