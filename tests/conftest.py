"""What every test shares."""

import os
from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from listings.catalogue.vocabulary import VOCABULARY
from listings.language.article import GAZETTEER
from listings.search.engines import engine
from listings.search.suggest import index_cache
from marketplace.celery import app
from marketplace.rate_limits import RATE_LIMITS
from tests.databases import empty_touched_tables, own_database

# Examples of each property: a change is judged by the same ones every time, and never by the clock
# of a busy machine; `make fuzz` looks for new ones.
PROFILES = {"change": 50, "all": 300, "fuzz": int(os.environ.get("FUZZ_EXAMPLES", "5000"))}
for name, examples in PROFILES.items():
    hypothesis_settings.register_profile(
        name, max_examples=examples, deadline=None, derandomize=name != "fuzz"
    )
hypothesis_settings.load_profile("change")

QUICK = "not slow"


def pytest_configure(config: pytest.Config) -> None:
    """Leave what is slow by nature out of a run that names no file, folder or mark."""
    names_nothing = config.args_source is not pytest.Config.ArgsSource.ARGS
    if names_nothing and not config.option.markexpr:
        config.option.markexpr = QUICK


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first: no process is left with it when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.option.markexpr == QUICK:
        terminalreporter.write_sep("-", "left out: the slow tests, which `make test-all` runs too")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database():
        yield


@pytest.fixture(autouse=True, scope="session")
def _empty_touched_tables() -> Iterator[None]:
    """Do so where Django would flush the whole database after a test with real transactions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty_touched_tables())
        yield


@pytest.fixture(autouse=True, scope="session")
def _queue_in_memory() -> None:
    """What a test's verbs put off waits here, where no worker of another test finds it."""
    app.conf.update(broker_url="memory://", broker_transport_options={})


@pytest.fixture(autouse=True, scope="session")
def _settings_of_tests() -> Iterator[None]:
    """No limits of requests, a quick hash, no replica, and nobody who writes counts.

    A good hash takes half a second on purpose. A replica reads on a connection of its own: it
    cannot see a test's open transaction, and nor can the thread that writes counts. Whether staff
    need a second factor is asked by tests of their own.
    """
    with override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SEARCH_ENGINE="postgres",
        AUDIENCE_SECONDS=0,
        STAFF_SECOND_FACTOR_REQUIRED=False,
        **{limit.setting: 0 for limit in RATE_LIMITS.values()},
    ):
        yield


@pytest.fixture(autouse=True)
def _forget_what_another_test_read() -> None:
    """A process remembers rows: what a page costs must not depend on which test ran before."""
    cache.clear()  # of this process, never one that the environment names
    ContentType.objects.clear_cache()
    VOCABULARY.forget()
    GAZETTEER.forget()
    engine.cache_clear()


@pytest.fixture(autouse=True)
def _end_suggestions() -> Iterator[None]:
    yield
    if index_cache.cache_info().currsize:
        index_cache().stop()
        index_cache.cache_clear()
