"""The image as a container engine of this machine builds and runs it.

docker and podman where they work; else buildah, whose chroot isolation needs no kernel features
that a container lacks. It makes no file system of its own read-only and no process of its own init.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.embedded.paths import Account
from tests.marketplace.checkouts import ROOT
from tests.production.installation import IMAGE_USER, VOLUMES, Execution, Volumes

NAME = "used-car-marketplace-test"
BASE = "docker.io/library/python:3.13-slim"  # FROM in the Dockerfile
BUILDAH = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
BUILD_SECONDS = 1_500
SAFE_RUN = ("--network", "host", "--cap-drop", "ALL")
ENGINE_RUN = ("--rm", "--init", "--read-only", "--security-opt", "no-new-privileges")


class NoEngine(Exception):
    """This machine cannot build the image; the message says why."""


@dataclass(frozen=True)
class BuiltImage:
    """The image, and how a command is run in it; `prefix` ends where its options begin."""

    prefix: tuple[str, ...]
    target: tuple[str, ...]
    volumes: Volumes

    def execution(
        self, name: str, words: Sequence[str], environment: Mapping[str, str]
    ) -> Execution:
        options: list[str] = []
        for there in VOLUMES:
            parts = ("tmp", name) if there == "/tmp" else (Path(there).name,)  # noqa: S108
            options += ["--volume", f"{self.volumes.volume(*parts)}:{there}"]
        for key, value in environment.items():
            options += ["--env", f"{key}={value}"]
        command = (*self.prefix, *options, *self.target, *words)
        return Execution(command, engine_environment(), ROOT, Account(os.geteuid(), os.getegid()))


@contextmanager
def built(folder: Path) -> Iterator[BuiltImage]:
    """Build the image and yield it; nothing but its base is left. Raises `NoEngine`."""
    volumes = Volumes(folder, Account(IMAGE_USER, IMAGE_USER))
    for engine in ("docker", "podman"):
        if shutil.which(engine) and _works(engine, "info"):
            _call(engine, "build", "--tag", NAME, str(ROOT))
            prefix = (engine, "run", *ENGINE_RUN, *SAFE_RUN)
            try:
                yield BuiltImage(prefix, (NAME,), volumes)
            finally:
                _call(engine, "image", "rm", "--force", NAME)
            return
    yield from _built_by_buildah(volumes)


def user_of(image: BuiltImage) -> str:
    """Return `USER` of the image, as the engine that built it tells it."""
    engine = image.prefix[0]
    if engine == "buildah":
        told = _call(engine, "inspect", "--type", "image", NAME)
        return str(json.loads(told)["OCIv1"]["config"]["User"])
    return _call(engine, "image", "inspect", "--format", "{{.Config.User}}", NAME).strip()


def engine_environment() -> dict[str, str]:
    return {**os.environ, **BUILDAH}


def _built_by_buildah(volumes: Volumes) -> Iterator[BuiltImage]:
    _make_base()
    certificates = "/etc/ssl/certs:/etc/ssl/certs:ro"  # of whatever stands before the registry
    options = ("--pull-never", "--network", "host", "--volume", certificates, "--tag", NAME)
    _call("buildah", "bud", *options, str(ROOT))
    container = _call("buildah", "from", "--pull-never", f"localhost/{NAME}").strip()
    try:
        yield BuiltImage(("buildah", "run", *SAFE_RUN), (container, "--"), volumes)
    finally:
        _call("buildah", "rm", container)
        _call("buildah", "rmi", "--force", f"localhost/{NAME}")
        _call("buildah", "rmi", "--prune")


def _make_base() -> None:
    """Pull the base, or have BASE_IMAGE_TOOL make one where no registry is reached."""
    if shutil.which("buildah") and _works("buildah", "inspect", "--type", "image", BASE):
        return
    if shutil.which("buildah") and _works("buildah", "pull", "--quiet", BASE):
        return
    tool = os.environ.get("BASE_IMAGE_TOOL", "")
    if not (tool and os.access(tool, os.X_OK) and os.geteuid() == 0):
        raise NoEngine("No container engine, no registry and no BASE_IMAGE_TOOL that root may run.")
    _call(tool)


def _works(*command: str) -> bool:
    done = subprocess.run(
        command, env=engine_environment(), capture_output=True, check=False, timeout=120
    )
    return done.returncode == 0


def _call(*command: str) -> str:
    done = subprocess.run(
        command,
        env=engine_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_SECONDS,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4_000:]}\n{done.stderr[-4_000:]}"
    return done.stdout
