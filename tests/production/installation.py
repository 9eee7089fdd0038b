"""The application as a server has it: locked dependencies alone, an ordinary user, no way to write.

`image` stands for the image: what is in it cannot be written.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from marketplace.embedded.paths import Account
from tests.marketplace.checkouts import ROOT, SOURCES, processes_in, wait_until

IMAGE_USER = 10001  # `USER` in the Dockerfile
PYTHONS = ("python3.13", "python3.12", "python3.11", "python3")
TEMPORARY = "/tmp"  # noqa: S108 - in a container a file system of its own
VOLUMES = ("/srv/media", "/srv/feed-files", "/srv/search-snapshots", TEMPORARY)
BUILDING = {
    "SECRET_KEY": "only-for-collecting-files-and-kept-nowhere",
    "ALLOWED_HOSTS": "localhost",
    "PUBLIC_URL": "http://localhost",
    "EMAIL_URL": "consolemail://",
    "DATABASE_URL": "postgresql://nobody@localhost/nothing",
}


@dataclass(frozen=True)
class Volumes:
    """The folders that the application and the servers beside it write, and who owns them."""

    folder: Path
    account: Account

    def volume(self, *parts: str) -> Path:
        """Return a folder that only the application's user can write, made if need be."""
        folder = self.folder.joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, self.account.uid, self.account.gid)
        return folder

    def log(self, name: str) -> Path:
        folder = self.folder / "log"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.log"


@dataclass(frozen=True)
class Execution:
    """How a command of a container is executed here."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    account: Account

    def options(self) -> dict[str, Any]:
        """Return the arguments of `subprocess` for it."""
        return {**self.account.arguments(), "cwd": self.folder, "env": self.environment}


class Runtime(Protocol):
    """What executes the commands of containers."""

    @property
    def volumes(self) -> Volumes: ...

    def execution(
        self, name: str, words: Sequence[str], environment: Mapping[str, str]
    ) -> Execution: ...


@dataclass(frozen=True)
class Installation:
    """Where the application is, and what stands for the volumes of its containers."""

    image: Path
    volumes: Volumes

    @property
    def app(self) -> Path:
        return self.image / "app"

    def program(self, name: str) -> str:
        return str(self.image / "venv" / "bin" / name)

    def path(self) -> str:
        return f"{self.image}/venv/bin:/usr/local/bin:/usr/bin:/bin"

    def execution(
        self, name: str, words: Sequence[str], environment: Mapping[str, str]
    ) -> Execution:
        """Say how a container of this name executes `words`: its /tmp is a folder of its own."""
        own = {"PATH": self.path(), "TMPDIR": str(self.volumes.volume("tmp", name))}
        program, *arguments = (self._placed(name, word) for word in words)
        given = {key: self._placed(name, value) for key, value in environment.items()}
        found = shutil.which(program, path=self.path())
        assert found, program
        command = (found, *arguments)
        return Execution(command, {**given, **own}, self.app, self.volumes.account)

    def _placed(self, name: str, value: str) -> str:
        for there in VOLUMES:
            folder = Path(there).name
            parts = ("tmp", name) if there == TEMPORARY else (folder,)
            if value == there or value.startswith(f"{there}/"):
                return str(self.volumes.volume(*parts)) + value.removeprefix(there)
        return value


def ordinary_account() -> Account:
    """Return the image's user where root runs the tests, else whoever does."""
    if os.geteuid() == 0:
        return Account(IMAGE_USER, IMAGE_USER)
    return Account(os.geteuid(), os.getegid())


@contextmanager
def installed(sources: Path = ROOT) -> Iterator[Installation]:
    """Install what requirements/image.txt locks, copy the code and collect its files."""
    folder = Path(tempfile.mkdtemp(prefix="production-image-"))
    folder.chmod(0o755)
    try:
        yield _install(folder, sources)
    finally:
        wait_until(lambda: processes_in(folder) == [])
        for closed in (path for path in folder.rglob("*") if path.is_dir()):
            closed.chmod(0o755)
        shutil.rmtree(folder)


@contextmanager
def with_volumes(image: Installation) -> Iterator[Installation]:
    """Yield an installation with a folder of its own for all that is written."""
    folder = Path(tempfile.mkdtemp(prefix="production-"))
    folder.chmod(0o755)
    try:
        yield replace(image, volumes=Volumes(folder, image.volumes.account))
    finally:
        shutil.rmtree(folder)


def _install(folder: Path, sources: Path) -> Installation:
    made = Installation(folder, Volumes(folder, ordinary_account()))
    locks = sources / "requirements"
    names = ("image.txt", "values.txt", "production.txt")  # an older version has not all of them
    lock = next(lock for name in names if (lock := locks / name).exists())
    _make_environment(made, lock)
    made.app.mkdir()
    for name in SOURCES:
        source = sources / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, made.app / name)
    _run(
        [made.program("python"), "manage.py", "collectstatic", "--noinput"],
        cwd=made.app,
        env={"PATH": made.path(), **BUILDING},
    )
    for path in [made.app, *made.app.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return made


def _make_environment(made: Installation, lock: Path) -> None:
    uv, venv = str(Path(sys.executable).parent / "uv"), str(made.image / "venv")
    inherited = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    _run([uv, "venv", "-q", "--python", _python(made.volumes.account), venv], env=inherited)
    install = [uv, "pip", "install", "-q", "--system-certs", "--link-mode", "copy"]
    _run([*install, "--require-hashes", "--python", venv, "-r", str(lock)], env=inherited)


def _python(account: Account) -> str:
    """Return an interpreter that the ordinary user can run: root's own may lie in root's home."""
    found = [sys.executable, *filter(None, map(shutil.which, PYTHONS))]
    found += [f"{folder}/{name}" for folder in ("/usr/local/bin", "/usr/bin") for name in PYTHONS]
    newer = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in found:
        real = os.path.realpath(python)
        if Path(real).exists() and account.runs(real, "-c", newer):
            return real
    message = "No Python 3.11 or newer that an ordinary user can run: install Debian's python3."
    raise FileNotFoundError(message)


def _run(command: list[str], **options: object) -> None:
    done = subprocess.run(  # type: ignore[call-overload]
        command, capture_output=True, text=True, check=False, timeout=600, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
