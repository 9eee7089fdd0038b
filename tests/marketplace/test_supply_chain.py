"""What production installs: its bill of materials, its licences and its known weaknesses."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.marketplace.checkouts import ROOT
from tests.marketplace.test_health import free_port

LOCKS = ROOT / "requirements"
LOCK = LOCKS / "image.txt"  # production, what fits values, and what speaks to S3
pytestmark = pytest.mark.timeout(300)


def locked(lock: Path = LOCK) -> set[tuple[str, str]]:
    return set(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.MULTILINE))


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def bill(folder: Path, lock: Path = LOCK) -> tuple[Path, Path]:
    """Make a bill of materials as `make sbom` does; return its file and that of the licences."""
    sbom, page = folder / "sbom.json", folder / "licences.md"
    cyclonedx = ("cyclonedx_py", "requirements", str(lock), "--pyproject", "pyproject.toml")
    done = run("-W", "ignore", "-m", *cyclonedx, "--output-reproducible", "-o", str(sbom))
    assert done.returncode == 0, done.stderr
    return sbom, page


@pytest.mark.slow
def test_the_bill_of_materials_is_the_lock_with_licences(tmp_path: Path) -> None:
    sbom, page = bill(tmp_path)
    done = run("requirements/licences.py", str(sbom), str(page))
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(sbom.read_text())
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom.read_text()) is None
    assert {(row["name"], row["version"]) for row in document["components"]} == locked()
    assert all(row["licenses"][0]["license"]["name"] for row in document["components"])


def test_each_lock_holds_the_one_before() -> None:
    production, tests = locked(LOCKS / "production.txt"), locked(LOCKS / "development.txt")
    values = locked(LOCKS / "values.txt")
    assert production < values < locked() < tests
    assert {name for name, _ in values - production} == {"lightgbm", "narwhals", "scipy"}
    assert {name for name, _ in locked() - values} == {
        *("boto3", "botocore", "django-storages", "jmespath", "s3transfer")
    }


def test_the_page_of_licences_is_of_this_lock() -> None:
    page = (ROOT / "docs" / "licences.md").read_text()
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (\S+) \| (.+) \|$", page, re.MULTILINE)
    assert {(name, version) for name, version, _ in rows if name != "package"} == locked()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ansible-core", "nothing-anybody-installs"])
def test_an_unknown_licence_stops_it(tmp_path: Path, name: str) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"{name}==1.0\n")
    sbom, page = bill(tmp_path, lock)
    done = run("requirements/licences.py", str(sbom), str(page))
    assert done.returncode == 1
    assert f"{name}: unknown" in done.stderr


class Weaknesses(BaseHTTPRequestHandler):
    """Answers as OSV's API does, knowing one weakness of one package."""

    weak: str = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = asked["package"]["name"]
        assert asked["package"]["ecosystem"] == "PyPI"
        known: dict[str, Any] = {"vulns": [_weakness(name)]} if name == self.weak else {}
        body = json.dumps(known).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


def _weakness(name: str) -> dict[str, Any]:
    fixed = [{"introduced": "0"}, {"fixed": "999.1"}]
    affected = {
        "package": {"name": name, "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": fixed}],
    }
    return {
        "id": "PYSEC-2026-1",
        "summary": "Lets anybody in.",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [affected],
    }


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Known", (Weaknesses,), {}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def audit(port: int) -> subprocess.CompletedProcess[str]:
    return run("requirements/audit.py", str(LOCK), AUDIT_URL=f"http://127.0.0.1:{port}/v1/query")


@pytest.mark.slow
def test_an_audit_that_finds_nothing_succeeds(service: ThreadingHTTPServer) -> None:
    done = audit(service.server_port)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"0 known weaknesses in \d\d packages\.\n", done.stdout)


@pytest.mark.slow
def test_an_audit_names_what_it_finds_and_fails(service: ThreadingHTTPServer) -> None:
    vars(service)["RequestHandlerClass"].weak = "django"
    done = audit(service.server_port)
    assert done.returncode == 1
    assert re.search(r"^django \S+: PYSEC-2026-1, mended in 999\.1$", done.stdout, re.MULTILINE)
    assert "1 known weaknesses" in done.stdout


@pytest.mark.slow
def test_an_audit_without_its_data_says_that_nothing_was_checked() -> None:
    done = audit(free_port())
    assert done.returncode == 3
    assert "Nothing was checked" in done.stderr
    assert done.stdout == ""
