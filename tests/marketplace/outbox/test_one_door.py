"""Nothing is enqueued past the outbox."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.marketplace.checkouts import ROOT

PACKAGES = ("marketplace", "listings", "dealers")
PAST = {
    "apply_async",
    "delay",
    "delay_on_commit",
    "apply_async_on_commit",
    "send_task",
    "signature",
    "s",
    "si",
    "subtask",
    "retry",
}


def enqueued_past_the_outbox(source: str) -> list[str]:
    """Return what of Celery's own ways to enqueue this source names."""
    tree = ast.parse(source)
    above = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in PAST
        and id(node) not in above
        and not _is_super(node.value)
    ]


def _is_super(node: ast.expr) -> bool:
    """Beat's scheduler extends the method by which Celery sends what the clock starts."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "super"


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if (ROOT / "marketplace" / "outbox") not in path.parents:
                yield path


def test_no_module_enqueues_by_itself() -> None:
    found = {
        str(path.relative_to(ROOT)): names
        for path in sources()
        if (names := enqueued_past_the_outbox(path.read_text()))
    }

    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "send_digest.delay(1)",
        "transaction.on_commit(partial(tasks.send_digest.apply_async, (1,), expires=60))",
        "current_app.send_task('dealers.tasks.send_digest', args=[1])",
        "group(send_digest.s(1)).apply_async()",
        "later = send_digest.delay",
        "self.retry(countdown=3)",
    ],
)
def test_the_ways_past_it_are_seen(source: str) -> None:
    assert enqueued_past_the_outbox(source)
