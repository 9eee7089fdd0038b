"""What operations are sent and answer, as the demo did, in the OpenAPI document."""

import json
import shlex
from functools import cache
from pathlib import Path
from typing import Any

Document = dict[str, Any]
HOST = "https://cars.example.com"


def add_examples(result: Document, **_: object) -> Document:
    """Put the recorded example of each operation into its body, its answer and a command."""
    for path in result["paths"].values():
        for operation in path.values():
            example = examples().get(operation["operationId"])
            if example is not None:
                _add(operation, example)
    return result


@cache
def examples() -> Document:
    """Return what was recorded, by operation: method, address, body, status and answer."""
    recorded: Document = json.loads((Path(__file__).parent / "examples.json").read_text())
    return recorded


def _add(operation: Document, example: Document) -> None:
    if "body" in example:
        operation["requestBody"]["content"][example["media_type"]]["example"] = example["body"]
    if "answer" in example:
        for content in operation["responses"][str(example["status"])]["content"].values():
            content["example"] = example["answer"]
    command = curl(example, is_keyed={"apiKey": []} in operation["security"])
    operation["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": command}]


def curl(example: Document, *, is_keyed: bool) -> str:
    """Return the command that sends an example; `$KEY` is the dealer's."""
    words = [f"curl {shlex.quote(HOST + example['address'])}"]
    if example["method"] != "GET":
        words[0] = f"curl -X {example['method']} {shlex.quote(HOST + example['address'])}"
    if is_keyed:
        words.append('-H "Authorization: Bearer $KEY"')
    media_type = example.get("media_type")
    if media_type == "multipart/form-data":
        words += [f"-F {shlex.quote(f'{name}=@{file}')}" for name, file in example["body"].items()]
    elif media_type == "application/json":
        words.append("-H 'Content-Type: application/json'")
        words.append(f"-d {shlex.quote(json.dumps(example['body']))}")
    elif media_type:
        words += [f"-H 'Content-Type: {media_type}'", "--data-binary @stock.csv"]
    return " \\\n  ".join(words)
