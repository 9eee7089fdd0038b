"""Signs of life of the processes that serve no HTTP: `python -m marketplace.heartbeat worker`.

Each writes a file from inside the loop that talks to the broker, or to the database, so a process
that is alive but hung, or cut off, goes quiet. A file works on every broker, needs no settings, and
is read where the process runs: in its container.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

NAMES = ("worker", "beat", "follow_changes", "send_webhooks", "write_search_snapshots")
INTERVAL_SECONDS = 10
QUIET_SECONDS_MAX = 60


def touch(name: str) -> None:
    file = _file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def clear(name: str) -> None:
    _file(name).unlink(missing_ok=True)


def is_fresh(name: str) -> bool:
    try:
        written_at = _file(name).stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() - written_at < QUIET_SECONDS_MAX


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m marketplace.heartbeat")
    parser.add_argument("name", choices=NAMES)
    name = parser.parse_args().name
    fresh = is_fresh(name)
    sys.stdout.write(f"{name}: {'alive' if fresh else 'quiet'}\n")
    return 0 if fresh else 1


def _file(name: str) -> Path:
    return Path(os.environ.get("HEARTBEAT_FOLDER") or tempfile.gettempdir()) / f"{name}.heartbeat"


if __name__ == "__main__":
    sys.exit(main())
