"""The stock API's batches: 1,000 writes in one request, against a request for each of them."""

import time
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.test import Client

from benchmarks.report import Report

ITEMS = 1_000
ALONE = 50
BOUND_SECONDS = 1.5
_BATCH = "/api/v1/stock/batch/"


def measure(report: Report) -> None:
    report.title(f"Stock API, batches of {ITEMS:,}")
    call = _caller()
    cars = [_car(number) for number in range(ITEMS)]
    looped = _seconds_for_each(call, cars[:ALONE])
    _measure(report, call, "write new adverts", [_upsert(n, car) for n, car in enumerate(cars)])
    report.figure("a request for each would take", looped * ITEMS, "s")
    dearer = [{"price": car["price"] + 100, "mileage": car["mileage"] + 5} for car in cars]
    edits = [_upsert(n, car) for n, car in enumerate(dearer)]
    took = _measure(report, call, "change two fields of each", edits)
    report.figure("set-based against a request for each", looped * ITEMS / took, "times faster")
    _measure(report, call, "write nothing, as nothing differs", edits)
    names = [f"BATCH-{n}" for n in range(ITEMS)]
    for verb in ("publish", "reserve", "sell"):
        _measure(report, call, verb, [{"op": verb, "stock_ref": name} for name in names])


def _measure(report: Report, call: Client, what: str, items: Sequence[dict[str, Any]]) -> float:
    started = time.perf_counter()
    answer = call.post(_BATCH, {"items": items}, content_type="application/json")
    seconds = time.perf_counter() - started
    refused = [each for each in answer.json()["results"] if each["problem"]]
    if refused:
        raise RuntimeError(f"{len(refused):,} items were refused, such as {refused[0]}")
    report.figure(what, seconds, "s", BOUND_SECONDS)
    return seconds


def _caller() -> Client:
    from dealers.keys import create_key  # noqa: PLC0415 - its models need settings
    from dealers.models import Scope  # noqa: PLC0415 - its models need settings
    from dealers.permissions import SYSTEM  # noqa: PLC0415 - its models need settings

    dealer = apps.get_model("dealers", "Dealer").objects.earliest("pk")
    key = create_key(dealer_id=dealer.pk, actor=SYSTEM, name="Benchmark", scopes=Scope.values)
    return Client(headers={"Authorization": f"Bearer {key.token}"})


def _seconds_for_each(call: Client, cars: Sequence[dict[str, Any]]) -> float:
    started = time.perf_counter()
    for number, car in enumerate(cars):
        address = f"/api/v1/stock/by-ref/LOOP-{number}/"
        answer = call.put(address, car, content_type="application/json")
        if answer.status_code != 201:
            raise RuntimeError(answer.content.decode())
    return (time.perf_counter() - started) / len(cars)


def _upsert(number: int, fields: dict[str, Any]) -> dict[str, Any]:
    return {"op": "upsert", "stock_ref": f"BATCH-{number}", "listing": fields}


def _car(number: int) -> dict[str, Any]:
    return {
        "make": f"Make {1 + number % 60}",
        "model": f"Model {1 + number % 10}",
        "derivative": "2.0 TDI SE 5dr Auto",
        "year": 2010 + number % 14,
        "mileage": 20_000 + 37 * number,
        "price": 4_000 + 20 * number,
        "fuel": "diesel",
        "transmission": "automatic",
        "doors": 5,
        "seats": 5,
        "body_type": "estate",
        "colour": "blue",
        "engine_cc": 1_968,
        "power_bhp": 148,
        "mpg": 55.4,
        "vrm": f"AB{10 + number % 90}{_letters(number // 90)}",
        "mot_expires_on": "2027-03-01",
        "description": "One owner from new, with a full history of services. " * 8,
        "features": ["Heated seats", "Navigation", "Camera"],
    }


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + number // power % 20) for power in (400, 20, 1))
