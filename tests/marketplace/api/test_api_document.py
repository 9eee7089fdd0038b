"""The API describes itself, and the description is true."""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings
from rest_framework import exceptions

from dealers.models import Scope
from listings.api.facets import COUNTING
from listings.api.loosen import INCLUDE
from listings.api.parameters import FILTERS, PAGING
from listings.api.words import WORDS
from listings.exceptions import PhotosBusy, PictureTooLarge
from marketplace.api.glossary import properties_of
from marketplace.api.problem import exception_handler
from marketplace.api.refusals import refusals
from marketplace.databases import failures
from marketplace.errors import DomainError, Invalid, StorageAway, StorageFull
from marketplace.quotas import QuotaReached

DOCUMENT = Path("docs/openapi.yaml")


def test_the_committed_document_is_the_generated_one(tmp_path: Path) -> None:
    generated = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(generated))
    assert generated.read_text() == DOCUMENT.read_text(), (
        "Run `python manage.py spectacular --file docs/openapi.yaml`."
    )


def test_what_the_document_refers_to_is_in_it() -> None:
    text = DOCUMENT.read_text()
    components = yaml.safe_load(text)["components"]
    named = set(re.findall(r"#/components/(\w+)/(\w+)", text))
    assert len(named) > 100
    assert [name for kind, name in sorted(named) if name not in components[kind]] == []


def test_every_operation_lists_its_errors_as_problem_documents() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    for path, operations in document["paths"].items():
        for operation in operations.values():
            errors = {"400", "406", "429", "503"} | ({"404"} if "{" in path else set())
            assert errors <= set(operation["responses"]), path
    for answer in document["components"]["responses"].values():
        assert list(answer["content"]) == ["application/problem+json"]


def test_every_error_answer_lists_its_codes() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    known = _codes_in_the_code()
    for name, answer in document["components"]["responses"].items():
        body = answer["content"]["application/problem+json"]
        codes = body["schema"]["allOf"][1]["properties"]["code"]["enum"]
        assert set(re.findall(r"\* `(\w+)` - \w", answer["description"])) == set(codes), name
        assert body["example"]["code"] in codes, name
        assert set(codes) <= known, name


def test_no_error_answer_is_described_in_vain() -> None:
    text = DOCUMENT.read_text()
    assert [name for name in refusals() if f"#/components/responses/{name}'" not in text] == []


def test_every_operation_of_a_key_names_its_scope() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    named = set()
    for operations in document["paths"].values():
        for operation in operations.values():
            scopes = re.findall(r"Needs a key with the scope `(.+)`", operation["description"])
            assert len(scopes) == ({"apiKey": []} in operation["security"]), operation
            named |= set(scopes)
    assert named == set(Scope.values)
    told = document["components"]["securitySchemes"]["apiKey"]["description"]
    assert all(f"`{scope}`" in told for scope in Scope.values)


def _codes_in_the_code() -> set[str]:
    """Return the codes of all refusals, ours and the framework's."""
    import_module("marketplace.urls")  # and with it every refusal of a view
    ours, waiting = set[str](), [DomainError]
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        ours.add(each.code)
    failed = {each.code for each in vars(failures).values() if isinstance(each, failures.Failure)}
    framework = {
        str(each.default_code)
        for each in vars(exceptions).values()
        if isinstance(each, type) and hasattr(each, "default_code")
    }
    return ours | failed | framework | {"key_not_accepted", "bad_request", "too_large"}


def test_uploads_list_that_there_is_no_room() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    for path in ("/api/v1/feeds/{id}/runs/", "/api/v1/stock/{id}/photos/"):
        operations = document["paths"][path]
        assert "507" in operations["post"]["responses"], path
        assert "507" not in operations["get"]["responses"], path


def test_the_document_names_every_failure_of_the_database_and_of_uploads() -> None:
    known = {each.code for each in vars(failures).values() if isinstance(each, failures.Failure)}
    known |= {PhotosBusy.code, StorageAway.code}
    told = yaml.safe_load(DOCUMENT.read_text())["components"]["responses"]["ServiceUnavailable"]
    assert set(re.findall(r"`(\w+)`", told["description"])) == known
    page = Path("docs/api.md").read_text()
    for code in (*known, StorageFull.code, QuotaReached.code, PictureTooLarge.code):
        assert f"`{code}`" in page, code


def test_what_time_alone_mends_says_how_long() -> None:
    for refusal in (PhotosBusy("Wait."), StorageFull("Wait.")):
        answer = exception_handler(refusal, {})
        assert answer is not None
        assert int(answer.headers["Retry-After"]) == refusal.retry_seconds
    answer = exception_handler(Invalid("No."), {})
    assert answer is not None
    assert "Retry-After" not in answer.headers


def test_every_parameter_of_the_search_is_in_the_document() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    parameters = document["paths"]["/api/v1/listings/"]["get"]["parameters"]
    tables = (FILTERS, PAGING, COUNTING, WORDS, INCLUDE)
    assert [parameter["name"] for parameter in parameters] == [
        name for each in tables for name in each
    ]


@pytest.mark.django_db
def test_the_schema_is_served_with_its_address(client: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://cars.example.com"
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    served, committed = yaml.safe_load(answer.content), yaml.safe_load(DOCUMENT.read_text())
    assert [each.pop("url") for each in served["servers"]] == ["https://cars.example.com"]
    assert [each.pop("url") for each in committed["servers"]] == ["/"]
    assert served == committed


def test_the_index_lists_the_endpoints(client: Client) -> None:
    body = client.get("/api/v1/").json()
    assert body["listings"] == "http://testserver/api/v1/listings/"
    assert list(body) == [
        "listings",
        "suggest",
        "makes",
        "dealers",
        "stock",
        "feeds",
        "changes",
        "schema",
        "docs",
    ]


def test_the_front_door_leads_to_the_docs(client: Client) -> None:
    assert client.get("/")["Location"] == "/api/docs/"


def test_every_property_is_described() -> None:
    properties = _properties()
    assert len(properties) > 1000
    assert [name for name, each in properties if not each.get("description")] == []


def test_no_description_only_repeats_the_name() -> None:
    empty = {"the", "a", "an", "of", "its", "is", "null", "not", "stated"}
    for name, each in _properties():
        words = set(re.findall(r"[a-z]+", each["description"].lower())) - empty
        assert words - set(name.rpartition(".")[2].split("_")), name


def test_what_may_be_null_says_what_that_means() -> None:
    nullable = [(name, each) for name, each in _properties() if each.get("nullable")]
    assert len(nullable) > 300
    for name, each in nullable:
        assert re.search(r"\b(null|empty)\b", each["description"], re.IGNORECASE), name


def test_the_glossary_says_nothing_in_vain() -> None:
    told = [(name, each["description"]) for name, each in _properties()]
    glossary = tomllib.loads(Path("marketplace/api/glossary.toml").read_text())
    entries = {(f".{key}", text) for key, text in glossary["properties"].items()}
    entries |= {(f".{key}", text) for key, text in glossary["null"].items()}
    for schema, properties in glossary["schemas"].items():
        entries |= {(f"{schema}.{key}", text) for key, text in properties.items()}
    vain = [
        name
        for name, text in sorted(entries)
        if not any(where.endswith(name) and text in said for where, said in told)
    ]
    assert vain == []


def _properties() -> list[tuple[str, dict[str, Any]]]:
    """Return each property of the document by schema and name, at any depth."""
    schemas = yaml.safe_load(DOCUMENT.read_text())["components"]["schemas"]
    return [
        (f"{schema}.{key}", owner[key])
        for schema, written in schemas.items()
        for key, owner in properties_of(written)
    ]
