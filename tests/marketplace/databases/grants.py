"""The command that grants, run as it is in production."""

import os
import subprocess
import sys

from django.conf import settings

from tests.marketplace.checkouts import ROOT
from tests.marketplace.test_worker import database_url


def grant_roles(names: dict[str, str], **variables: str) -> subprocess.CompletedProcess[str]:
    own = {
        "DATABASE_URL": database_url(),
        "DEBUG": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "POSTGRES_WEB_PASSWORD": "a password",
        "POSTGRES_WORKER_PASSWORD": "another",
    }
    named = [f"--{kind}={name}" for kind, name in names.items()]
    return subprocess.run(
        [sys.executable, "manage.py", "grant_roles", *named],
        cwd=ROOT,
        env={**os.environ, **own, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
