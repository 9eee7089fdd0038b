"""What the API's own document says of an endpoint, and bodies that it rules out."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.marketplace.checkouts import ROOT
from tests.marketplace.hostile.addresses import Endpoint

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())


def documented(endpoint: Endpoint) -> dict[str, Any]:
    """Return what the API's document says of an endpoint, by method."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", endpoint.route)
    found: dict[str, Any] = DOCUMENT["paths"].get(f"/{path}", {})
    return found


def bodies(endpoint: Endpoint) -> Iterator[tuple[str, Any]]:
    for method, operation in documented(endpoint).items():
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                yield method.upper(), body["schema"]


def spoilt(schema: Any) -> Iterator[Any]:
    """Yield an example with each of its values replaced by bad ones, and each of them alone."""
    whole = example(schema)
    bad = ["a\0b", "\ud800", "http://[", 10**400, -1, 2**63, "²", [], {"\0": "\0"}, None]
    bad += ["9999-12-31T23:59:59-23:59", "x" * 9_000]
    for path, value in itertools.product(paths(whole), bad):
        yield replaced(whole, path, value)
        if len(path) == 1 and isinstance(whole, dict):
            yield {path[0]: value}
    for value in bad:
        yield dict.fromkeys(whole, value) if isinstance(whole, dict) else value


def example(schema: Any, depth: int = 0) -> Any:
    schema = resolved(schema)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object" and depth < 6:
        return {k: example(v, depth + 1) for k, v in schema.get("properties", {}).items()}
    if kind == "array" and depth < 6:
        return [example(schema["items"], depth + 1)]
    return {"integer": schema.get("minimum", 1), "number": 1.5, "boolean": True}.get(
        kind, "AB15CDE"
    )


def resolved(schema: Any) -> Any:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in ("allOf", "oneOf", "anyOf"):
        if part in schema:
            return resolved(schema[part][0])
    return schema


def paths(value: Any) -> Iterator[tuple[Any, ...]]:
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield (key,)
        yield from ((key, *rest) for rest in paths(inner))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy
