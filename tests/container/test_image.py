"""The Dockerfile is built, and what docker-compose.yml says is run from the image."""

import pytest

from tests.container.engine import BuiltImage, user_of
from tests.marketplace.checkouts import wait_until
from tests.production.deployment import Deployment
from tests.production.visitor import link_in

pytestmark = pytest.mark.timeout(2_400)

ASK_FOR_A_WAY_TO_WRITE = """
import os
folders = ["/", "/app", "/app/marketplace", "/app/staticfiles", "/opt/venv", "/etc", "/usr"]
print(os.getuid(), os.getgid(), [each for each in folders if os.access(each, os.W_OK)])
for folder in ("/srv/media", "/srv/feed-files", "/srv/search-snapshots", "/tmp"):
    open(folder + "/written", "w").close()
"""

FIT = """
import lightgbm, numpy
age = numpy.arange(2_000.0) % 10
data = lightgbm.Dataset(age[:, None], -0.1 * age)
fitted = lightgbm.train({"objective": "huber", "num_threads": 1, "verbosity": -1}, data, 20)
new, old = fitted.predict(numpy.array([[0.0], [9.0]]))
print(bool(new > old))
"""


def test_the_image_names_its_user(image: BuiltImage) -> None:
    assert user_of(image) == "10001:10001"


def test_its_user_writes_in_the_volumes_alone(service: Deployment) -> None:
    told = service.run("web", "python", "-c", ASK_FOR_A_WAY_TO_WRITE)

    assert told.split(maxsplit=2) == ["10001", "10001", "[]\n"]


def test_it_holds_what_is_locked_for_production_and_no_tests(service: Deployment) -> None:
    script = (
        "import importlib.util as u, os;"
        "print(u.find_spec('pytest'), sorted(os.listdir('.')), os.listdir('docs'))"
    )

    told = service.run("web", "python", "-c", script)

    held = ["dealers", "docs", "listings", "manage.py", "marketplace", "requirements"]
    assert told == f"None {[*held, 'staticfiles']} ['api.md']\n"


def test_it_fits_a_model(service: Deployment) -> None:
    assert service.run("worker", "python", "-c", FIT) == "True\n"


def test_the_settings_of_a_server_pass_the_checks(service: Deployment) -> None:
    service.run("web", "python", "manage.py", "check", "--deploy")


def test_web_worker_and_beat_run_from_it(service: Deployment) -> None:
    for name in service.kept:
        service.wait_for(name)
    page = service.visitor().get("/cars/")
    assert page.status_code == 200


def test_a_command_has_its_mail_sent_by_the_worker(service: Deployment) -> None:
    owner = "olga@northern.example"
    create = ("create_dealer", "Northern Cars", "--email", "desk@northern.example")

    service.run("web", "python", "manage.py", *create, "--postcode", "LS1 4AP", "--owner", owner)

    assert link_in(service.wait_for_mail(owner), "/join/")


def test_a_killed_worker_is_back(service: Deployment) -> None:
    worker = service.supervisor.processes["worker"]
    heartbeat = service.runtime.volumes.volume("tmp", "worker") / "worker.heartbeat"
    heartbeat.unlink()

    service.supervisor.kill("worker")

    wait_until(heartbeat.exists)
    assert worker.starts == 2
