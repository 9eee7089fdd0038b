"""The examples of docs/api.md are sent as they stand, one after the other."""

import re
import shlex
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from dealers.models import Branch
from listings.choices import Status
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db

SECTION = Path("docs/api.md").read_text().split("\n## The stock API\n")[1]
HOST = "http://127.0.0.1:8000"


def commands() -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", SECTION, re.DOTALL | re.MULTILINE)
    return [each for block in blocks for each in re.split(r"\n\n(?=curl )", block.strip())]


def send(command: str, variables: dict[str, str]) -> Any:
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    method, url = "GET", ""
    headers: dict[str, str] = {}
    content: dict[str, Any] = {}
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, value = next(words).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            content = {"data": next(words), "content_type": headers.pop("Content-Type")}
        elif word == "-F":
            name, path = next(words).split("=@")
            content = {"data": {name: picture(path)}}
        else:
            url = word.removeprefix(HOST)
    content = content or {"content_type": "application/json"}
    return getattr(Client(), method.lower())(url, headers=headers, **content)


def picture(name: str) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, format="JPEG")
    return SimpleUploadedFile(name, out.getvalue())


def test_every_example_works(branch: Branch, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    make.model("Range Rover", make.make("Land Rover"))
    make.model("Fiesta", make.make("Ford"))
    variables = {"KEY": make.key(branch.dealer), "ID": "0"}
    statuses = []
    for command in commands():
        answer = send(command, variables)
        statuses.append(answer.status_code)
        body = answer.json()
        if "results" not in body and "id" in body:
            variables["ID"] = str(body["id"])
    assert statuses == [201, 200, 200, 201, 200, 200, 200, 200]
    assert [each["status"] for each in body["results"]] == [200, 201, 200, 200]
    sold, live = Listing.objects.order_by("pk")
    assert (sold.status, sold.price, live.status) == (Status.SOLD, 31_995, Status.LIVE)
