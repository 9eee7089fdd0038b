"""What OpenAPI cannot say about a valid request: which rows and places exist, what needs a place,
and that ranges go upwards.

Only requests that are meant to be valid are changed; those meant to be refused go as they are.
"""

import re
from typing import Any

import schemathesis

WHOLE_NUMBER = re.compile(r"-?[0-9]+")
CURSORS = ("cursor", "after")
NAMED = {
    "make": ["land-rover"],
    "model": ["range-rover"],
    "dealer": ["northern-cars"],
    "near": "LS1",
}


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Name what exists, drop cursors no page gave out, and put reversed ranges right."""
    if case.meta is None or not case.meta.generation.mode.is_positive or not case.query:
        return
    query = {
        name: NAMED.get(name, value) for name, value in case.query.items() if name not in CURSORS
    }
    if "within_miles" in query or "distance" in str(query.get("ordering")):
        query["near"] = NAMED["near"]
    for low in [name for name in query if name.endswith("_min")]:
        high = low.replace("_min", "_max")
        ends = (query[low], query.get(high))
        if all(WHOLE_NUMBER.fullmatch(str(end)) for end in ends):
            query[low], query[high] = sorted(ends, key=lambda end: int(str(end)))
    case.query = query
