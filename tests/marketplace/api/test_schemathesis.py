"""The API against its own document, by every check schemathesis has."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from dealers.models import FeedStatusWord
from listings.buyers.consents import WORDS, words_now
from tests import make
from tests.seed import nine

pytestmark = pytest.mark.slow

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "5")
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
STOCK = "^/api/v1/stock/"
FEEDS = "^/api/v1/feeds/"


@pytest.mark.timeout(1_800)
def test_schemathesis_finds_nothing(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEMATHESIS_KEY", "none")
    words = {purpose: words_now(purpose) for purpose in WORDS}
    monkeypatch.setenv("SCHEMATHESIS_CONSENTS", json.dumps(words))
    nine()
    make.live(branch=make.branch(make.dealer("Northern Cars")), price=None)
    run(live_server, f"--exclude-path-regex={STOCK}|{FEEDS}")


@pytest.mark.timeout(1_800)
def test_schemathesis_finds_nothing_in_the_stock_api(
    live_server: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    nine()
    dealer = make.dealer("Northern Cars")
    branch = make.branch(dealer)
    make.draft(branch=branch, stock_ref="A1")
    monkeypatch.setenv("SCHEMATHESIS_BRANCH", str(branch.pk))
    monkeypatch.setenv("SCHEMATHESIS_KEY", make.key(dealer))
    run(
        live_server,
        f"--include-path-regex={STOCK}",
        "--exclude-operation-id=addStockPhoto",  # its uploads are held to be wrong, and are not
        "--phases=examples,coverage,fuzzing",
    )


@pytest.mark.timeout(1_800)
def test_schemathesis_finds_nothing_in_the_feeds(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = make.feed(make.branch(make.dealer("Northern Cars")))
    word = FeedStatusWord.objects.create(feed=feed, key="perhaps", said="Perhaps")
    monkeypatch.setenv("SCHEMATHESIS_KEY", make.key(feed.dealer, "feeds:read", "feeds:write"))
    monkeypatch.setenv("SCHEMATHESIS_WORD", str(word.pk))
    run(
        live_server,
        f"--include-path-regex={FEEDS}",
        "--exclude-operation-id=sendFeedFile",  # as are its uploads
        "--phases=examples,coverage,fuzzing",
    )


def run(live_server: LiveServer, *options: str) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "st"),
            "run",
            "docs/openapi.yaml",
            f"--url={live_server.url}",
            "--checks=all",
            f"--max-examples={EXAMPLES}",
            f"--seed={SEED}",
            "--generation-database=none",
            "--no-color",
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert "No issues found" in done.stdout, done.stdout[-20_000:]
