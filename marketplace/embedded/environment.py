"""The environment variables of a development machine."""

import os
import secrets
from pathlib import Path

from marketplace.embedded.paths import LOCAL


def development_variables() -> dict[str, str]:
    """Return the settings a laptop needs; those of `.env.example` that are unsafe elsewhere."""
    return {
        "DEBUG": "true",
        "SECRET_KEY": _secret_key(LOCAL / "secret-key"),
        "HEARTBEAT_FOLDER": str(LOCAL / "heartbeat"),
    }


def _secret_key(file: Path) -> str:
    """Return the key in `file`, made once and readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        draft = file.with_name(f"secret-key-{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()
