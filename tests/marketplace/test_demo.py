"""`python -m marketplace.demo` brings everything up, and everything down again."""

import json
import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import urllib.request
from pathlib import Path

import httpx
import pytest

from tests.marketplace.checkouts import PATIENCE_SECONDS, end, processes_in, run, start, wait_until
from tests.marketplace.test_health import free_port, status

pytestmark = pytest.mark.slow

DEMO = "marketplace.demo"


def start_demo(checkout: Path, port: int, **variables: str) -> tuple[subprocess.Popen[str], str]:
    """Return the demo once it is up, and all that it printed."""
    demo = start(checkout, DEMO, PORT=str(port), DEMO_LISTINGS="20", **variables)
    assert demo.stdout is not None
    printed = ""
    for line in demo.stdout:
        printed += line
        if line.startswith("  Logs "):
            assert status(port) == 200
            return demo, printed
    demo.wait()
    pytest.fail(printed)


def fetch_status(address: str) -> int:
    with urllib.request.urlopen(f"http://{address}", timeout=PATIENCE_SECONDS) as answer:
        return int(answer.status)


def child_pid(checkout: Path, mark: str) -> int:
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if mark in command and (entry / "cwd").readlink() == checkout:
                return int(entry.name)
        except OSError:
            continue
    pytest.fail(f"no process has {mark} in its command")


def test_its_addresses_answer_and_ctrl_c_stops_all_of_it(open_checkout: Path) -> None:
    port = free_port()
    demo, printed = start_demo(open_checkout, port)
    addresses = re.findall(r"(?<!')http://(\S+)", printed)
    assert {address: fetch_status(address) for address in addresses} == dict.fromkeys(
        addresses, 200
    )
    assert len(addresses) == 8, printed
    assert f"http://127.0.0.1:{port}/admin/   admin@example.com / demo\n" in printed
    assert f"http://127.0.0.1:{port}/dealer/  dealer@example.com / demo\n" in printed
    assert run(open_checkout, DEMO, PORT=str(free_port())) == (
        1,
        "The demo of this checkout is running already.\n",
    )

    end(demo, signal.SIGINT)

    assert demo.returncode == 0
    assert processes_in(open_checkout) == []
    assert status(port) == 0


def test_the_printed_curl_and_the_file_for_scripts_work(open_checkout: Path) -> None:
    port, file = free_port(), open_checkout / ".local" / "demo.json"
    demo, printed = start_demo(open_checkout, port)
    try:
        (line,) = [line for line in printed.splitlines() if line.strip().startswith("curl ")]
        answer = subprocess.run(
            [*shlex.split(line), "--silent"], capture_output=True, check=True, timeout=30
        )
        handout = json.loads(file.read_text())
        assert len(json.loads(answer.stdout)["results"]) == 3
        assert handout["api_key"] in line
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert handout["staff"]["password"] == handout["owner"]["password"] == "demo"
        headers = {"Authorization": f"Bearer {handout['api_key']}"}
        feed = httpx.get(handout["feed"]["url"], headers=headers, trust_env=False, timeout=30)
        assert feed.json()["id"] == handout["feed"]["id"]
    finally:
        end(demo, signal.SIGINT)


def test_a_killed_demo_leaves_no_process(closed_checkout: Path) -> None:
    demo, printed = start_demo(closed_checkout, free_port(), DEMO_PASSWORD="not for everybody")
    assert "admin@example.com / the DEMO_PASSWORD of the first run\n" in printed

    end(demo, signal.SIGKILL)

    wait_until(lambda: processes_in(closed_checkout) == [])


def test_a_child_that_dies_takes_the_rest_down_and_its_last_lines_are_shown(
    open_checkout: Path,
) -> None:
    demo, _ = start_demo(open_checkout, free_port())

    os.kill(child_pid(open_checkout, "celery -A marketplace.celery beat"), signal.SIGKILL)
    output, _ = demo.communicate(timeout=PATIENCE_SECONDS)

    assert demo.returncode == 1
    assert f"beat ended with -9. The end of {open_checkout}/.local/log/beat.log:" in output
    assert "Sending due task" in output
    assert processes_in(open_checkout) == []


def test_a_taken_port_is_said_before_anything_is_started(open_checkout: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, output = run(open_checkout, DEMO, PORT=str(port))

    assert code == 1
    assert output == (
        f"Port {port} cannot be used (Address already in use): try `make demo PORT=8001`.\n"
    )
    assert not (open_checkout / ".local/postgres").exists()


@pytest.mark.parametrize("port", ["-1", "http", "65536"])
def test_a_port_that_is_no_port_is_refused(open_checkout: Path, port: str) -> None:
    code, output = run(open_checkout, DEMO, PORT=port)

    assert (code, output) == (1, f"PORT must be a number from 1 to 65535, not {port!r}.\n")


def test_a_given_database_is_left_alone_without_a_password_for_its_people(
    open_checkout: Path,
) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"

    code, output = run(
        open_checkout, DEMO, PORT=str(free_port()), DATABASE_URL=url, DEMO_PASSWORD=""
    )

    assert code == 1
    assert output == (
        "DATABASE_URL is set: the demo would put people with a public password into that "
        "database. Unset it, or set DEMO_PASSWORD.\n"
    )
