"""What docker-compose.yml and the Dockerfile say is run, read from them so that no test drifts."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from psycopg.conninfo import conninfo_to_dict

from tests.marketplace.checkouts import ROOT

_VARIABLE = re.compile(
    r"\$\$|\$\{(?P<name>\w+)(?:(?P<how>:-|:\?)(?P<text>(?:[^${}]|\$\{[^${}]*\})*))?\}"
)


@dataclass(frozen=True)
class Container:
    """A service of the compose file: what it executes, and its whole environment."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    restart: str
    healthcheck: tuple[str, ...]


class Composition:
    """The compose file with the values of `dotenv` put in, as `docker compose` would do it.

    Passwords that it asks for and `dotenv` lacks are made up.
    """

    def __init__(self, dotenv: Mapping[str, str], sources: Path = ROOT) -> None:
        text = (sources / "docker-compose.yml").read_text()
        asked_for = re.findall(r"\$\{(\w+_PASSWORD):\?", text)
        self.dotenv = {name: secrets.token_hex(16) for name in asked_for} | dict(dotenv)
        self._services = yaml.safe_load(text)["services"]
        self._dockerfile = (sources / "Dockerfile").read_text()

    def kept(self) -> list[str]:
        """Return the services of our image that are always running: web, workers and beat."""
        ours = {name: each for name, each in self._services.items() if "build" in each}
        return [name for name, each in ours.items() if each["restart"] == "unless-stopped"]

    def roles(self) -> dict[str, str]:
        """Return the roles that containers sign in to the database as, with their passwords."""
        urls = [self.container(name).environment["DATABASE_URL"] for name in self.kept()]
        found = [conninfo_to_dict(url) for url in urls]
        return {str(each["user"]): str(each["password"]) for each in found}

    def container(self, name: str) -> Container:
        service = self._services[name]
        is_ours = "build" in service
        own = {key: self._text(value) for key, value in service.get("environment", {}).items()}
        command = service.get("command") or (self.image_command() if is_ours else ())
        check = service.get("healthcheck", {}).get("test", ())
        return Container(
            name,
            tuple(self._text(word) for word in command),
            {**self.image_environment(), **own} if is_ours else own,
            service.get("restart", "no"),
            tuple(self._text(word) for word in check[1:]),
        )

    def image_command(self) -> list[str]:
        found = re.findall(r"^CMD (.*)$", self._dockerfile, re.MULTILINE)
        return [str(word) for word in json.loads(found[-1])]

    def image_environment(self) -> dict[str, str]:
        """Return what ENV sets in the image's last stage, PATH left to the machine."""
        last = self._dockerfile.split("\nFROM ")[-1]
        set_by = " ".join(re.findall(r"^ENV (.*)$", last, re.MULTILINE))
        return {k: v for k, v in re.findall(r"(\w+)=(\S+)", set_by) if k != "PATH"}

    def _text(self, value: Any) -> str:
        text = {True: "true", False: "false"}.get(value, str(value))
        while (put_in := _VARIABLE.sub(self._value, text)) != text:
            text = put_in
        return text.replace("\0", "$")

    def _value(self, found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "\0"  # a dollar of the shell's: put back when nothing is left to put in
        name, how, text = found["name"], found["how"], found["text"] or ""
        given = self.dotenv.get(name, "")
        if given or how is None:
            return given
        if how == ":?":
            message = f"docker compose would refuse: {name}: {text}"
            raise LookupError(message)
        return str(text)
