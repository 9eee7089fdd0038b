"""PostgreSQL starts from nothing, is shared, and is gone when its last user is."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.marketplace.checkouts import end, first_line, processes_in, run, start, wait_until

pytestmark = pytest.mark.slow

RUN = ("marketplace.embedded", "run", "--cluster", "test", "--")
HOLD = (*RUN, "sh", "-c", "echo $DATABASE_URL; exec sleep 600")
HOLD_DEMO = ("marketplace.embedded", "run", "--", *HOLD[len(RUN) :])  # loses no commit
SHOW = (*RUN, "sh", "-c", "echo $DATABASE_URL; exit 7")


def server_pid(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select pg_backend_pid()").fetchone()
        assert row is not None
        return int(Path(f"/proc/{row[0]}/stat").read_text().rsplit(")", 1)[1].split()[1])


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}/cwd").exists()


def test_a_command_gets_a_database_of_version_18_and_its_exit_code_is_returned(
    open_checkout: Path,
) -> None:
    query = "import os, psycopg; c = psycopg.connect(os.environ['DATABASE_URL'])"
    query += "; print(c.info.server_version // 10000, c.info.dbname); raise SystemExit(7)"

    code, output = run(open_checkout, *RUN, sys.executable, "-c", query)

    assert (code, output) == (7, "18 marketplace\n")
    assert (open_checkout / ".local/postgres-test/PG_VERSION").read_text() == "18\n"


def test_a_checkout_closed_to_other_accounts_works_and_its_mode_is_left_alone(
    closed_checkout: Path,
) -> None:
    code, output = run(closed_checkout, *SHOW)

    assert code == 7, output
    assert stat.S_IMODE(closed_checkout.parent.stat().st_mode) == 0o700


def test_two_commands_share_a_server_and_the_last_one_out_stops_it(open_checkout: Path) -> None:
    first, second = start(open_checkout, *HOLD), start(open_checkout, *HOLD)
    urls = {first_line(first), first_line(second)}
    assert len(urls) == 1
    server = server_pid(urls.pop())

    end(first)
    assert server_pid(first_url := psycopg_url(open_checkout)) == server, first_url
    end(second)

    wait_until(lambda: is_gone(server))


def psycopg_url(checkout: Path) -> str:
    _, output = run(checkout, *SHOW)
    return output.strip()


def test_two_checkouts_run_side_by_side(open_checkout: Path, closed_checkout: Path) -> None:
    first, second = start(open_checkout, *HOLD), start(closed_checkout, *HOLD)
    try:
        assert server_pid(first_line(first)) != server_pid(first_line(second))
    finally:
        end(first)
        end(second)


def test_a_killed_command_leaves_no_server(open_checkout: Path) -> None:
    command = start(open_checkout, *HOLD)
    server = server_pid(first_line(command))

    end(command, signal.SIGKILL)

    wait_until(lambda: is_gone(server) and not processes_in(open_checkout))


def test_the_next_command_recovers_from_a_killed_keeper_and_server(open_checkout: Path) -> None:
    command = start(open_checkout, *HOLD_DEMO)
    url = first_line(command)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")
    server = server_pid(url)
    keeper = int(Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()[1])
    for pid in (keeper, server):
        os.kill(pid, signal.SIGKILL)
    end(command)
    assert (open_checkout / ".local/postgres/postmaster.pid").exists()

    again = start(open_checkout, *HOLD_DEMO)

    with psycopg.connect(first_line(again)) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)
    end(again)


def test_a_stale_pid_file_that_names_a_stranger_is_cleared(open_checkout: Path) -> None:
    assert run(open_checkout, *SHOW)[0] == 7
    pid_file = open_checkout / ".local/postgres-test/postmaster.pid"
    wait_until(lambda: not pid_file.exists())
    with subprocess.Popen(["sleep", "600"]) as stranger:
        try:
            pid_file.write_text(f"{stranger.pid}\n{pid_file.parent}\n1\n5432\n/nowhere\n")

            code, output = run(open_checkout, *SHOW)

            assert code == 7, output
            assert stranger.poll() is None
        finally:
            stranger.terminate()


def test_an_interrupted_initdb_is_begun_again(open_checkout: Path) -> None:
    unfinished = open_checkout / ".local/postgres-test-unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    code, output = run(open_checkout, *SHOW)

    assert code == 7, output
    assert not unfinished.exists()


def test_a_database_that_is_given_is_used_and_nothing_is_started(open_checkout: Path) -> None:
    code, output = run(open_checkout, *SHOW, DATABASE_URL="postgresql://elsewhere/db")

    assert (code, output) == (7, "postgresql://elsewhere/db\n")
    assert not (open_checkout / ".local/postgres-test").exists()


def test_the_secret_key_is_made_once_and_closed_to_others(open_checkout: Path) -> None:
    command = (*RUN, "sh", "-c", "echo $SECRET_KEY")
    keys = {
        run(open_checkout, *command, DATABASE_URL="postgresql://elsewhere/db")[1] for _ in range(2)
    }

    assert len(keys) == 1
    assert len(keys.pop().strip()) >= 50
    assert stat.S_IMODE((open_checkout / ".local/secret-key").stat().st_mode) == 0o600


def test_a_cluster_of_another_version_is_refused_with_its_place(open_checkout: Path) -> None:
    assert run(open_checkout, *SHOW)[0] == 7
    data = open_checkout / ".local/postgres-test"
    wait_until(lambda: not (data / "postmaster.pid").exists())
    (data / "PG_VERSION").write_text("16\n")

    code, output = run(open_checkout, *SHOW)

    assert code == 1
    assert f"{data} was made by another PostgreSQL: move it away." in output


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has others to run the server as")
def test_root_runs_the_server_as_nobody(open_checkout: Path) -> None:
    command = start(open_checkout, *HOLD)
    server = server_pid(first_line(command))

    assert Path(f"/proc/{server}").stat().st_uid == 65534
    end(command)


def test_a_temporary_folder_with_a_long_path_is_passed_over(open_checkout: Path) -> None:
    long = open_checkout / ("long" * 30)
    long.mkdir()

    code, output = run(open_checkout, *SHOW, TMPDIR=str(long))

    assert code == 7, output
    assert str(long) not in output
    shutil.rmtree(long)
