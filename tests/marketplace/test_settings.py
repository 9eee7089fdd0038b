"""The settings refuse what is unsafe, and say which variable it is."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import yaml

from marketplace.bodies import BODY_SETTINGS
from marketplace.rate_limits import RATE_LIMITS
from tests.marketplace.checkouts import ROOT

SAFE = {
    "SECRET_KEY": "k" * 32,
    "ALLOWED_HOSTS": "cars.example.com",
    "PUBLIC_URL": "https://cars.example.com",
    "EMAIL_URL": "smtp://localhost:25",
    "DATABASE_URL": "postgresql://marketplace@localhost/marketplace",
}
LAPTOP = {"DEBUG": "true", "SECRET_KEY": "short", "DATABASE_URL": SAFE["DATABASE_URL"]}
ONLY_FOR_COMPOSE = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "WORKER_CONCURRENCY"}
ONLY_FOR_COMPOSE |= {"POSTGRES_WEB_PASSWORD", "POSTGRES_WORKER_PASSWORD"}
READ_BY_THE_SERVER = {"GRANIAN_WORKERS_MAX_RSS"}
READ_BY_BOTO = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
READ_IN = ("settings.py", "security_txt.py", "rate_limits.py", "storage.py")
READ_ELSEWHERE = {"PORT", "HEARTBEAT_FOLDER", "DEMO_PASSWORD"}
FIXED_BY_THE_IMAGE = {"DEBUG", "FEED_FILES_ROOT", "MEDIA_ROOT", "SEARCH_SNAPSHOT_FOLDER"}
SIZES_OF_CONTAINERS = {"POSTGRES_MEMORY", "TMP_SIZE", "WEB_MEMORY", "WORKER_MEMORY"}
OTHERWISE_IN_COMPOSE = {"BEHIND_TLS_PROXY": "true", "TRUSTED_PROXIES": "1"}


# Django and the rest are read once: each question is a fork, which reads our own modules anew.
ANSWERING = """
import json, os, sys, traceback
from marketplace import settings
for name in [each for each in sys.modules if each.partition(".")[0] == "marketplace"]:
    del sys.modules[name]
for line in sys.stdin:
    statement, variables = json.loads(line)
    out, into = os.pipe()
    if os.fork() == 0:
        os.dup2(into, 1)
        os.dup2(into, 2)
        os.environ.clear()
        os.environ.update(variables)
        try:
            exec(f"from marketplace import settings; {statement}", {})
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(0)
    os.close(into)
    with open(out) as said:
        text = said.read()
    os.wait()
    print(json.dumps(text), flush=True)
"""


@pytest.fixture(scope="module")
def read() -> Iterator[Callable[..., str]]:
    """Import the settings with these variables alone; return the last line that is printed."""
    command = [sys.executable, "-c", ANSWERING]
    env = {"PATH": os.environ["PATH"], **SAFE}
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as answering:
        asking, answers = answering.stdin, answering.stdout
        assert asking
        assert answers

        def ask(statement: str = "", **variables: str) -> str:
            print(
                json.dumps([statement, {"PATH": env["PATH"], **variables}]), file=asking, flush=True
            )
            said: str = json.loads(answers.readline())
            return (said.strip().splitlines() or [""])[-1]

        yield ask


def test_a_server_and_a_laptop_start(read: Callable[..., str]) -> None:
    assert read(**SAFE) == ""
    assert read(**LAPTOP) == ""
    assert read(**LAPTOP, PUBLIC_URL="http://[::1]:9000") == ""
    assert read(**LAPTOP, PUBLIC_URL="http://localhost:9000") == ""


@pytest.mark.parametrize("name", SAFE)
def test_a_server_without_one_of_them_does_not_start(read: Callable[..., str], name: str) -> None:
    variables = {key: value for key, value in SAFE.items() if key != name}

    last = read(**variables)

    assert "ImproperlyConfigured" in last
    assert name in last


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "cars.example.com,*"),
        ("SECRET_KEY", "k" * 31),
        ("FACTOR_KEY", "k" * 31),
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "cars.example.com"),
        ("PUBLIC_LISTING_URL", "https://www.example.com/used/"),
        ("SECURITY_CONTACT", "security@example.com"),
        ("SECURITY_CONTACT", "mailto:security@example.com"),
        ("DEBUG", "true"),
        ("DATABASE_POOLED_BY_PROXY", "true"),
        ("DATABASE_REPLICA_LAG_MAX_SECONDS", "0"),
        ("DVLA_URL", "http://register.example.com/vehicles"),
        ("DVSA_URL", "http://register.example.com"),
        ("DVSA_API_KEY", "a-key-without-the-rest"),
    ],
)
def test_a_server_with_an_unsafe_value_does_not_start(
    read: Callable[..., str], name: str, value: str
) -> None:
    last = read(**{**SAFE, name: value})

    assert "ImproperlyConfigured" in last
    assert name in last


def test_staff_need_a_second_factor_unless_a_setting_says_otherwise(
    read: Callable[..., str],
) -> None:
    show = "print(settings.STAFF_SECOND_FACTOR_REQUIRED)"
    assert read(show, **SAFE) == "True"
    assert read(show, **SAFE, STAFF_SECOND_FACTOR_REQUIRED="false") == "False"


def test_standbys_are_databases_of_their_own_and_without_them_no_router_asks(
    read: Callable[..., str],
) -> None:
    show = "print({k: v['HOST'] for k, v in settings.DATABASES.items()}, settings.DATABASE_ROUTERS)"
    urls = "postgresql://web@one:5432,two:5432/cars , postgres://web@three/cars"

    alone = read(show, **SAFE)
    together = read(show, **SAFE, DATABASE_REPLICA_URL=urls)

    assert alone == "{'default': 'localhost'} []"
    assert together == (
        "{'default': 'localhost', 'standby_1': 'one,two', 'standby_2': 'three'} "
        "['marketplace.databases.read_routes.StandbyRouter']"
    )


def test_the_example_names_every_setting_and_no_other() -> None:
    named = example().keys() - SIZES_OF_CONTAINERS
    read_by_others = ONLY_FOR_COMPOSE | READ_ELSEWHERE | READ_BY_THE_SERVER | READ_BY_BOTO
    assert named == read_by_settings() | read_by_others


def test_compose_passes_every_setting_on_with_the_same_defaults() -> None:
    composed = (ROOT / "docker-compose.yml").read_text().split("\nservices:")[0]
    passed = set(re.findall(r"^    ([A-Z_]+):", composed, re.MULTILINE))
    defaults = dict(re.findall(r"^    ([A-Z_]+): \$\{\1:-([^$}]*)\}$", composed, re.MULTILINE))

    read = read_by_settings() | READ_BY_THE_SERVER | READ_BY_BOTO
    assert passed == read - FIXED_BY_THE_IMAGE
    assert defaults == {name: example()[name] for name in defaults} | OTHERWISE_IN_COMPOSE
    assert len(defaults) >= 16


def test_only_who_says_so_binds_every_name_below_to_tls(read: Callable[..., str]) -> None:
    show = "print(settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD)"

    assert read(show, **SAFE) == "False False"
    assert read(show, **SAFE, SECURE_HSTS_INCLUDE_SUBDOMAINS="true") == "True False"
    assert read(show, **SAFE, SECURE_HSTS_PRELOAD="true") == "False True"


def test_compose_lets_only_the_owner_change_the_schema() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    roles = {
        name: re.match(r"postgresql://(\w+):", service["environment"]["DATABASE_URL"])
        for name, service in services.items()
        if "DATABASE_URL" in service.get("environment", {})
    }

    assert {name: found and found[1] for name, found in roles.items()} == {
        "migrate": "marketplace",
        "web": "marketplace_web",
        "worker": "marketplace_worker",
        "worker-clock": "marketplace_worker",
        "worker-mail": "marketplace_worker",
        "worker-imports": "marketplace_worker",
        "beat": "marketplace_worker",
        "follow-changes": "marketplace_worker",
        "search-snapshots": "marketplace_web",
        "send-webhooks": "marketplace_worker",
    }


def test_photos_may_be_kept_elsewhere(read: Callable[..., str]) -> None:
    shown = read(
        "print(settings.STORAGES['default'], settings.CONTENT_SECURITY_POLICIES['/admin/'])",
        **SAFE,
        MEDIA_STORAGE="django.core.files.storage.InMemoryStorage",
        MEDIA_STORAGE_OPTIONS='{"base_url": "https://photos.example.com/"}',
        MEDIA_URL="https://photos.example.com/",
    )

    assert shown.startswith(
        "{'BACKEND': 'django.core.files.storage.InMemoryStorage', "
        "'OPTIONS': {'base_url': 'https://photos.example.com/'}} "
    )
    assert "img-src 'self' https://photos.example.com data: blob:;" in shown


BUCKETS = {"MEDIA_S3_BUCKET": "photos", "FEED_S3_BUCKET": "feeds"}


def test_photos_and_feed_files_may_be_kept_in_buckets(read: Callable[..., str]) -> None:
    shown = read(
        "print(settings.STORAGES['default'], settings.STORAGES['feeds'])",
        **{**SAFE, **BUCKETS, "MEDIA_URL": "https://photos.example.com/", "S3_REGION": "eu-west-2"},
    )

    server = "'endpoint_url': None, 'region_name': 'eu-west-2'"
    assert shown == (
        "{'BACKEND': 'marketplace.object_storage.PhotoBucket', "
        f"'OPTIONS': {{'bucket_name': 'photos', {server}}}}} "
        "{'BACKEND': 'marketplace.object_storage.Bucket', "
        f"'OPTIONS': {{'bucket_name': 'feeds', {server}}}}}"
    )


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("FEED_S3_BUCKET", {"FEED_S3_BUCKET": "photos", "MEDIA_URL": "https://p.example.com/"}),
        ("MEDIA_URL", {"MEDIA_URL": "/media/"}),
    ],
)
def test_dealers_files_are_in_no_public_bucket_and_photos_have_an_address(
    read: Callable[..., str], name: str, changed: dict[str, str]
) -> None:
    last = read(**{**SAFE, **BUCKETS, **changed})

    assert "ImproperlyConfigured" in last
    assert name in last


def example() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", text, re.MULTILINE))


def read_by_settings() -> set[str]:
    modules = [ROOT / "marketplace" / name for name in READ_IN]
    modules += (ROOT / "marketplace").glob("*/configuration.py")
    text = "\n".join(each.read_text() for each in modules)
    limits = {limit.setting for limit in RATE_LIMITS.values()} | BODY_SETTINGS.keys()
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text)) | limits
