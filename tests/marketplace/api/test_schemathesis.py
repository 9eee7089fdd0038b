"""The API against its own document, by every check schemathesis has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.seed import nine

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "5")


@pytest.mark.timeout(300)
def test_schemathesis_finds_nothing(live_server: LiveServer, tmp_path: Path) -> None:
    nine()
    make.live(branch=make.branch(make.dealer("Northern Cars")), price=None)
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "st"),
            "run",
            "docs/openapi.yaml",
            f"--url={live_server.url}",
            "--checks=all",
            f"--max-examples={EXAMPLES}",
            "--generation-database=none",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6_000:] + run.stderr[-2_000:]
    assert "No issues found" in run.stdout, run.stdout[-6_000:]
