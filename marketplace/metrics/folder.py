"""The folder in which the web processes of a server count together."""

import os
import stat
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_folder() -> None:
    """Name the folder to the library, which reads it once when it is imported.

    Processes of one server have one parent. A folder that another user might have made is refused.
    """
    if os.environ.get(VARIABLE):
        return
    folder = Path(tempfile.gettempdir()) / f"marketplace-metrics-{os.getppid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ImproperlyConfigured(f"{folder} is not a folder of this user's own.")
    os.environ[VARIABLE] = str(folder)
