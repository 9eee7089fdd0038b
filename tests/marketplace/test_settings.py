"""The settings refuse what is unsafe, and say which variable it is."""

import os
import subprocess
import sys

import pytest

from tests.marketplace.checkouts import ROOT

SAFE = {
    "SECRET_KEY": "k" * 32,
    "ALLOWED_HOSTS": "cars.example.com",
    "PUBLIC_URL": "https://cars.example.com",
    "EMAIL_URL": "smtp://localhost:25",
    "DATABASE_URL": "postgresql://marketplace@localhost/marketplace",
}
LAPTOP = {"DEBUG": "true", "SECRET_KEY": "short", "DATABASE_URL": SAFE["DATABASE_URL"]}
ONLY_FOR_COMPOSE = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "WORKER_CONCURRENCY"}
READ_ELSEWHERE = {"PORT", "HEARTBEAT_FOLDER", "DEMO_PASSWORD"}


def read(statement: str = "", **variables: str) -> str:
    """Import the settings with these variables alone; return the last line that is printed."""
    done = subprocess.run(
        [sys.executable, "-c", f"from marketplace import settings; {statement}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return ((done.stdout + done.stderr).strip().splitlines() or [""])[-1]


def test_a_server_and_a_laptop_start() -> None:
    assert read(**SAFE) == ""
    assert read(**LAPTOP) == ""
    assert read(**LAPTOP, PUBLIC_URL="http://[::1]:9000") == ""
    assert read(**LAPTOP, PUBLIC_URL="http://localhost:9000") == ""


@pytest.mark.parametrize("name", SAFE)
def test_a_server_without_one_of_them_does_not_start(name: str) -> None:
    variables = {key: value for key, value in SAFE.items() if key != name}

    last = read(**variables)

    assert "ImproperlyConfigured" in last
    assert name in last


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "cars.example.com,*"),
        ("SECRET_KEY", "k" * 31),
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "cars.example.com"),
        ("DEBUG", "true"),
    ],
)
def test_a_server_with_an_unsafe_value_does_not_start(name: str, value: str) -> None:
    last = read(**{**SAFE, name: value})

    assert "ImproperlyConfigured" in last
    assert name in last
