"""Each process is killed once while there is work: it comes back and nothing is lost."""

import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.marketplace.checkouts import wait_until
from tests.marketplace.test_nginx import proxied
from tests.production.deployment import BROKERS, Deployment
from tests.production.first_day import FirstDay, stock
from tests.production.load import under_load
from tests.production.processes import kill
from tests.production.visitor import PUBLIC_HOST

pytestmark = pytest.mark.timeout(900)

MANY = 4_000  # rows: an import that is still at work when it is killed
REPLACED_SECONDS = 240  # each of the workers is given 30 seconds to start
LOST_SECONDS = 240  # a sweep enqueues within two minutes what was lost


def test_a_killed_web_worker_is_replaced(service: Deployment) -> None:
    web = service.supervisor.processes["web"]
    workers = web.members()

    kill(workers[0])

    wait_until(lambda: len(web.members()) >= len(workers) and workers[0] not in web.members())
    service.wait_for("web")


def test_a_killed_web_process_comes_back(day: FirstDay) -> None:
    before = day.system.json("GET", "/api/v1/stock/?count=exact")["count"]

    day.service.supervisor.kill("web")

    day.service.wait_for("web")
    assert day.system.json("GET", "/api/v1/stock/?count=exact")["count"] == before


def test_web_workers_are_replaced_without_a_request_failing(service: Deployment) -> None:
    web = service.supervisor.processes["web"]
    main, starts, workers = web.pid, web.starts, set(web.members())

    with under_load(lambda: service.visitor().status("/api/v1/listings/?page_size=1")) as load:
        kill(main, signal.SIGHUP)
        wait_until(lambda: not workers & set(web.members()), seconds=REPLACED_SECONDS)
        answered = len(load.statuses)
        wait_until(lambda: len(load.statuses) > answered + 20)

    assert load.failures == []
    assert (web.pid, web.starts) == (main, starts)


def test_kept_connections_outlive_the_workers_behind_the_proxy(
    service: Deployment, tmp_path: Path
) -> None:
    web = service.supervisor.processes["web"]
    workers = set(web.members())
    host = {"Host": PUBLIC_HOST}

    with (
        proxied(tmp_path, service.port, scheme="https") as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=host, trust_env=False) as buyer,
        under_load(lambda: buyer.get("/api/v1/listings/?page_size=1").status_code) as load,
    ):
        kill(web.pid, signal.SIGHUP)
        wait_until(lambda: not workers & set(web.members()), seconds=REPLACED_SECONDS)
        answered = len(load.statuses)
        wait_until(lambda: len(load.statuses) > answered + 20)

    assert load.failures == []


def _workers(service: Deployment) -> list[str]:
    return [name for name in service.kept if name.startswith("worker")]


def _kill_a_child(service: Deployment) -> None:
    for name in _workers(service):
        kill(service.supervisor.processes[name].members()[0])


def _kill_the_worker(service: Deployment) -> None:
    for name in _workers(service):
        service.supervisor.kill(name)


def _kill_beat(service: Deployment) -> None:
    service.supervisor.kill("beat")


def _kill_the_broker(service: Deployment) -> None:
    service.supervisor.kill(BROKERS[service.broker])


def _restart_postgres(service: Deployment) -> None:
    service.postgres.restart()


@pytest.mark.parametrize(
    ("harm", "mark"),
    [
        (_kill_a_child, "CHILD-"),
        (_kill_the_worker, "WORKER-"),
        (_kill_beat, "BEAT-"),
        (_kill_the_broker, "BROKER-"),
        (_restart_postgres, "POSTGRES-"),
    ],
)
def test_an_import_and_a_mail_survive(
    day: FirstDay, harm: Callable[[Deployment], None], mark: str
) -> None:
    service, invited = day.service, f"{mark.lower()}somebody@airevalley.example"
    run = day.send(stock(mark, MANY))
    wait_until(lambda: day.run(run)["state"] != "received")
    day.invite(invited)

    harm(service)

    wait_until(service.is_ready)
    wait_until(lambda: day.is_done(run), seconds=LOST_SECONDS)
    ((found,),) = service.sql(
        "SELECT count(*) FROM listings_listing WHERE stock_ref LIKE %s AND status = 'live'",
        f"{mark}%",
    )
    assert found == MANY
    service.wait_for_mail(invited, seconds=LOST_SECONDS)
    for name in service.kept:
        service.wait_for(name)


def test_what_is_asked_for_while_the_broker_is_away_is_done_afterwards(day: FirstDay) -> None:
    service, invited = day.service, "nobody.loses.this@airevalley.example"
    if BROKERS[service.broker] == "postgres":
        pytest.skip("PostgreSQL is the broker: the next test takes it away")
    with service.supervisor.held(BROKERS[service.broker]):
        run = day.send(stock("AWAY-", 20))
        day.invite(invited)

    wait_until(lambda: day.is_done(run), seconds=LOST_SECONDS)
    service.wait_for_mail(invited, seconds=LOST_SECONDS)


def test_what_is_asked_for_while_the_database_is_away_is_refused_truly(day: FirstDay) -> None:
    with day.service.supervisor.held("postgres"):
        wait_until(lambda: day.service.visitor().status("/readyz") == 503)
        answer = day.service.visitor().get("/api/v1/listings/?price_max=20000")

    assert answer.status_code == 503
    wait_until(day.service.is_ready)
    for name in day.service.kept:
        day.service.wait_for(name)
