"""What OpenAPI cannot say about a valid request: which rows and places exist, what needs a place,
which versions there are, that ranges go upwards, a fee is part of the price and no car is of a year
after the next.

Only requests that are meant to be valid are changed; those meant to be refused go as they are.
"""

import json
import os
import re
from datetime import UTC, datetime
from typing import Any

import schemathesis
from schemathesis.generation.meta import TestPhase

WHOLE_NUMBER = re.compile(r"-?[0-9]+")
CURSORS = ("cursor", "after")
NAMED = {
    "make": ["land-rover"],
    "model": ["range-rover"],
    "dealer": ["northern-cars"],
    "near": "LS1",
}
WRITTEN = {"make": "Land Rover", "model": "Range Rover", "vrm": "AB15 CDE"}
EVENTS_BYTES = 4_000
LOOSENED_MAX = 6
"""So many parameters may be loosened: with every filter there is, each request is 30 searches."""
UNKNOWN_HEADER = "x-schemathesis-unknown-property"
CHOSEN = ("vin", "write_off", "admin_fee", "until", "stock_ref", "mapping", "viewing_at")
PERSON = {
    "name": "Ann Buyer",
    "email": "ann@example.com",
    "phone": "0113 496 0000",
    "text": "It is not so.",
}
PURPOSES = {
    "/enquiries/": "enquiry",
    "/reservations/": "reservation",
    "/reports/": "report",
    "/saved-searches/": "saved_search",
}
"""What buyers leave, by the end of its address: a person, and the words that are agreed to."""


@schemathesis.hook
def filter_case(context: Any, case: schemathesis.Case) -> bool:
    """Leave out what OpenAPI cannot judge, and what would only be sent once more.

    Versions and keys of requests mean nothing made up; HTTP allows any header more; a batch
    refuses each item in its own place. Changes and upserts take what is sent to create. How many
    bytes a body may have no schema says, and other members are taken from events of the widget.
    """
    names = {name.lower() for name in case.headers or {}}
    if case.meta is None or names & {"if-match", "idempotency-key", UNKNOWN_HEADER}:
        return case.meta is None
    path, method = case.operation.path, case.operation.method.lower()
    if path.endswith("/widget/events/") and len(json.dumps(case.body, default=str)) > EVENTS_BYTES:
        return False
    is_coverage = case.meta.phase.name == TestPhase.COVERAGE
    if case.meta.generation.mode.is_positive:
        return True
    is_repeated = method in ("patch", "put") and "photos" not in path
    return not (path.endswith("/stock/batch/") or (is_repeated and is_coverage))


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Name what exists, drop cursors no page gave out, and put reversed ranges right.

    A search of very many filters is not loosened as well: hundreds of them take minutes.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "stock_ref" in (case.path_parameters or {}):
        case.path_parameters["stock_ref"] = "A1"
    if case.query:
        case.query = _possible_query(case.query)
    if isinstance(case.body, dict):
        ends = [end for end in PURPOSES if case.operation.path.endswith(end)]
        known = _left_by_a_person(case.body, PURPOSES[ends[0]]) if ends else case.body
        case.body = _possible_body(known)


def _possible_query(given: dict[str, Any]) -> dict[str, Any]:
    query = {name: NAMED.get(name, value) for name, value in given.items() if name not in CURSORS}
    if len(query) > LOOSENED_MAX:
        query.pop("include", None)
    if "within_miles" in query or "distance" in str(query.get("ordering")):
        query["near"] = NAMED["near"]
    for low in [name for name in query if name.endswith("_min")]:
        high = low.replace("_min", "_max")
        ends = (query[low], query.get(high))
        if all(WHOLE_NUMBER.fullmatch(str(end)) for end in ends):
            query[low], query[high] = sorted(ends, key=lambda end: int(str(end)))
    return query


def _left_by_a_person(given: dict[str, Any], purpose: str) -> dict[str, Any]:
    """Return what a person could leave, who agrees to the words that are shown today."""
    words = json.loads(os.environ["SCHEMATHESIS_CONSENTS"])
    left = {**given, **{name: text for name, text in PERSON.items() if name in given}}
    if purpose == "enquiry":
        left |= {"email": PERSON["email"], "phone": PERSON["phone"]}
    if "consent" in left:
        left["consent"] = words[purpose]
    if purpose == "saved_search":
        left.pop("listing_ids", None)
        left["search"] = {"price_max": 10_000}
    if purpose == "report":
        left["text"] = PERSON["text"]
    if "part_exchange_vrm" in left:
        left["part_exchange_vrm"] = WRITTEN["vrm"]
    return left


def _possible_body(given: dict[str, Any]) -> dict[str, Any]:
    body = {name: WRITTEN.get(name, value) for name, value in given.items() if name not in CHOSEN}
    if "make" in body or "model" in body:
        body |= {name: WRITTEN[name] for name in ("make", "model")}
    if isinstance(body.get("year"), int):
        body["year"] = min(body["year"], datetime.now(UTC).year + 1)
    if "ids" in body:
        body["ids"] = []
    if "words" in body:
        body["words"] = [{"id": int(os.environ["SCHEMATHESIS_WORD"]), "meaning": "sold"}]
    if "branch" in body:
        body["branch"] = int(os.environ["SCHEMATHESIS_BRANCH"])
    return body
