"""The examples of the API's document: recorded from the demo, valid, and about nobody."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from celery import current_app
from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from dealers.models import FeedRun
from tests.marketplace.api.demo_calls import OPERATIONS, DemoCalls

EXAMPLES = Path("marketplace/api/examples.json")
RECORD = bool(os.environ.get("RECORD_EXAMPLES"))


@pytest.fixture
def demo(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    transactional_db: None,
) -> Iterator[DemoCalls]:
    settings.DEBUG = True
    settings.MEDIA_ROOT = tmp_path
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", storage)
    before = current_app.conf.broker_url
    current_app.conf.update(broker_url="memory://")
    yield DemoCalls()
    current_app.conf.update(broker_url=before)


@pytest.mark.slow
@pytest.mark.enable_socket
def test_the_demo_answers_as_the_examples_say(demo: DemoCalls) -> None:
    answered = demo.all()
    if RECORD:
        EXAMPLES.write_text(json.dumps(answered, indent=1, ensure_ascii=False) + "\n")
    recorded = _recorded()
    assert list(answered) == list(recorded)
    for name, call in answered.items():
        assert call["status"] == recorded[name]["status"], name
        assert _members(call.get("answer")) == _members(recorded[name].get("answer")), name
        assert _faults(name, call) == [], name


def test_every_operation_has_an_example() -> None:
    assert list(_recorded()) == list(OPERATIONS)
    for name, (_, _, operation) in OPERATIONS.items():
        call = _recorded()[name]
        assert str(call["status"]) in operation["responses"], name
        (sample,) = operation["x-codeSamples"]
        assert call["address"] in sample["source"], name
        if "requestBody" in operation:
            content = operation["requestBody"]["content"][call["media_type"]]
            assert content["example"] == call["body"], name
        answer = operation["responses"][str(call["status"])].get("content", {})
        assert all(each["example"] == call["answer"] for each in answer.values()), name


def test_every_example_is_valid() -> None:
    for name, call in _recorded().items():
        assert _faults(name, call) == [], name


def test_an_example_that_is_not_valid_is_found() -> None:
    call = json.loads(json.dumps(_recorded()["listListings"]))
    call["answer"]["results"][0]["year"] = "2015"
    assert len(_faults("listListings", call)) == 1


def test_examples_are_about_nobody() -> None:
    text = EXAMPLES.read_text()
    assert {each.lower() for each in re.findall(r"[\w.]+@([\w.]+)", text)} <= {"example.com"}
    assert {
        host for host in re.findall(r"https?://([^/\"\\]+)", text) if host != "cars.example.com"
    } <= {"crm.example.com"}
    assert len(set(re.findall(r"whsec_[\w+/=]+", text))) == 1
    assert not re.search(r"ucm_[A-Za-z0-9]{8}|Bearer [A-Za-z0-9]", text)


def _recorded() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(EXAMPLES.read_text())
    return recorded


def _members(answer: Any) -> list[str]:
    return sorted(answer) if isinstance(answer, dict) else [type(answer).__name__]


def _faults(name: str, call: dict[str, Any]) -> list[str]:
    """Return what is wrong with an example by the schemas of its operation."""
    _, _, operation = OPERATIONS[name]
    found = []
    if call.get("media_type") == "application/json":
        found += _wrong(operation["requestBody"]["content"]["application/json"], call["body"])
    for content in operation["responses"][str(call["status"])].get("content", {}).values():
        found += _wrong(content, call["answer"])
    return found


def _wrong(content: dict[str, Any], example: Any) -> list[str]:
    schema = {"allOf": [_as_json_schema(content["schema"])], "components": COMPONENTS}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(example)]


def _as_json_schema(schema: Any) -> Any:
    """Return a schema of OpenAPI 3.0 as JSON Schema writes it."""
    if isinstance(schema, list):
        return [_as_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    written = {name: _as_json_schema(each) for name, each in schema.items()}
    for end in ("minimum", "maximum"):
        exclusive = f"exclusive{end.capitalize()}"
        if written.get(exclusive) is True:
            written[exclusive] = written.pop(end)
    if written.pop("nullable", False):
        return {"anyOf": [written, {"type": "null"}]}
    return written


COMPONENTS = _as_json_schema(yaml.safe_load(Path("docs/openapi.yaml").read_text())["components"])
