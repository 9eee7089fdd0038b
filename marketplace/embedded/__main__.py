"""`python -m marketplace.embedded run [--cluster NAME] -- COMMAND...`."""

import argparse
import os
import sys

from marketplace.embedded.cluster import join
from marketplace.embedded.environment import development_variables
from marketplace.embedded.paths import EmbeddedError, choose_paths
from marketplace.embedded.server import OPTIONS, keep


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m marketplace.embedded")
    actions = parser.add_subparsers(dest="action", required=True)
    run = actions.add_parser("run", help="run a command with PostgreSQL and development settings")
    run.add_argument("--cluster", choices=OPTIONS, default="demo")
    run.add_argument("command", nargs="+")
    keeper = actions.add_parser("keep", help="own a server until its last user has gone")
    keeper.add_argument("cluster", choices=OPTIONS)
    arguments = parser.parse_args()
    try:
        if arguments.action == "keep":
            return keep(choose_paths(arguments.cluster))
        _become(arguments.command, arguments.cluster)
    except (EmbeddedError, PermissionError) as error:
        sys.stderr.write(f"{error}\n")
    return 1


def _become(command: list[str], cluster: str) -> None:
    """Turn into `command`: its signals and exit code are then simply its own.

    The lock on the cluster stays open in it, so the server stops shortly after it ends. Where
    DATABASE_URL is set, that database is used and nothing is started.
    """
    environment = {**development_variables(), **os.environ}
    if "DATABASE_URL" not in environment:
        use = join(cluster)
        environment["DATABASE_URL"] = use.database_url
        os.set_inheritable(use.lock.fileno(), True)
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606
    except OSError as error:
        message = f"{command[0]}: {error.strerror}"
        raise EmbeddedError(message) from None


if __name__ == "__main__":
    sys.exit(main())
