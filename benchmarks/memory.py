"""The memory of this process, in bytes, as Linux tells it.

`getrusage` would not do for the peak: a process starts with that of the one it was forked from.
Source: man pages proc_pid_status(5), `VmHWM` and `VmRSS`, and getrusage(2).
"""

import re
from pathlib import Path


def resident() -> int:
    return _told("VmRSS")


def peak() -> int:
    return _told("VmHWM")


def _told(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    kilobytes: str = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)[1]  # type: ignore[index]
    return int(kilobytes) * 1024
