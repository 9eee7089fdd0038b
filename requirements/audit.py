"""Known weaknesses of what production installs, asked of OSV by pip-audit.

`python requirements/audit.py LOCK` exits with 0 where none is known, 1 where some are, and 3 where
the data cannot be reached or read, so that nothing was checked. AUDIT_URL is another address of
OSV's API.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

OSV = "https://api.osv.dev/v1/query"
CLEAN, WEAK, UNREACHED = 0, 1, 3


def main(lock: str) -> int:
    url = os.environ.get("AUDIT_URL") or OSV
    report = audited(lock, url)
    if report is None:
        sys.stderr.write(f"Nothing was checked: {url} does not answer.\n")
        return UNREACHED
    packages: list[dict[str, Any]] = report["dependencies"]
    found = [(each, weakness) for each in packages for weakness in each.get("vulns", ())]
    for package, weakness in found:
        mended = ", ".join(weakness["fix_versions"]) or "no version yet"
        name = f"{package['name']} {package['version']}"
        sys.stdout.write(f"{name}: {weakness['id']}, mended in {mended}\n")
    sys.stdout.write(f"{len(found)} known weaknesses in {len(packages)} packages.\n")
    return WEAK if found else CLEAN


def audited(lock: str, url: str) -> dict[str, Any] | None:
    """Return pip-audit's report on a lock; None where it came to none."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--disable-pip"]
    command += ["--vulnerability-service", "osv", "--osv-url", url, "--format", "json"]
    done = subprocess.run(  # noqa: S603 - our own words
        [*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.stderr.write("\n".join(done.stderr.splitlines()[-1:]) + "\n")
        return None
    return report


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]))))
