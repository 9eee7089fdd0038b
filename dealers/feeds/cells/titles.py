"""What a title of the whole car says that its row has no column for."""

import re
from collections.abc import Sequence

from dealers.feeds.cells.texts import DERIVATIVE_MAX
from listings.language.derivative import Catalogue, read_title
from listings.language.tokens import Token, tokens

_BEFORE_A_MAKE = re.compile(r"used|new|nearly|approved|\d{2}|(?:19|20)\d{2}|reg|plate")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_EDGES = " \t\r\n-\u2013\u2014,:;|/."


def add_from_title(fields: dict[str, object], title: str, catalogue: Catalogue | None) -> None:
    """Add what the title has and the row lacks: its make and model, and the derivative."""
    if catalogue is not None and not {"make", "model"} <= fields.keys():
        _add_names(fields, title, catalogue)
    elif "derivative" not in fields:
        make, model = str(fields.get("make", "")), str(fields.get("model", ""))
        derivative = _after_names(title, make, model) or _as_known(title, make, model, catalogue)
        if derivative:
            fields["derivative"] = derivative[:DERIVATIVE_MAX]


def without_names(derivative: str, make: str, model: str) -> str:
    """Return a derivative without the make and model that it begins with, if any more is there."""
    if not make or not derivative.casefold().startswith(make.casefold()):
        return derivative
    found = tokens(derivative)
    end = _past(found, _past(found, 0, make) or len(found), model) or len(found)
    rest = next((token for token in found[end:] if not token.is_sign), None)
    return derivative[rest.start :].strip(_EDGES) if rest else derivative


def _add_names(fields: dict[str, object], title: str, catalogue: Catalogue) -> None:
    reading = read_title(title, catalogue)
    make = next((make for make in catalogue.makes if make.key == reading.make), None)
    if make is None:
        return
    model = next((model for model in make.models if model.key == reading.model), None)
    fields.setdefault("make", make.names[0])
    if model is not None:
        fields.setdefault("model", model.names[0])
        if reading.derivative:
            fields.setdefault("derivative", reading.derivative[:DERIVATIVE_MAX])


def _after_names(title: str, make: str, model: str) -> str:
    """Return what follows the row's own make and model in its title, if they are there."""
    found = tokens(title)
    at = next((n for n, each in enumerate(found) if not _is_before(each)), len(found))
    at = _past(found, at, make) or at
    end = _past(found, at, model)
    while end and end < len(found) and (found[end].is_sign or _YEAR.fullmatch(found[end].key)):
        end += 1
    return title[found[end].start :].strip(_EDGES) if end and end < len(found) else ""


def _is_before(token: Token) -> bool:
    return token.is_sign or bool(_BEFORE_A_MAKE.fullmatch(token.key))


def _past(found: Sequence[Token], at: int, name: str) -> int | None:
    """Return the place behind a name that stands at a place, however its words are joined."""
    wanted = "".join(token.key for token in tokens(name) if not token.is_sign)
    said = ""
    for end in range(at, len(found)):
        said += "" if found[end].is_sign else found[end].key
        if said == wanted:
            return end + 1 if wanted else None
        if not wanted.startswith(said):
            return None
    return None


def _as_known(title: str, make: str, model: str, catalogue: Catalogue | None) -> str:
    """Return the derivative of a title that calls make and model by other names of theirs."""
    if catalogue is None:
        return ""
    reading, named = read_title(title, catalogue), read_title(f"{make} {model}", catalogue)
    is_same = bool(named.model) and (reading.make, reading.model) == (named.make, named.model)
    return reading.derivative if is_same else ""
