"""The queueing model of docs/scaling.md."""

import math

import pytest

from benchmarks.load.queueing import erlang_c, mean_wait


@pytest.mark.parametrize(
    ("servers", "load", "waits"),
    [(1, 0.6, 0.6), (2, 1.0, 1 / 3), (10, 6.0, 0.1013), (10, 9.0, 0.6687), (21, 12.6, 0.0211)],
)
def test_the_share_that_waits_is_erlangs(servers: int, load: float, waits: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(waits, abs=0.0001)


def test_of_one_server_it_is_pollaczek_and_khinchins() -> None:
    services = [0.01, 0.03]
    square = (0.01**2 + 0.03**2) / 2

    assert mean_wait(1, 25.0, services) == pytest.approx(25 * square / (2 * (1 - 0.5)))


def test_of_equal_service_times_half_is_waited_of_what_exponential_ones_would_be() -> None:
    exponential = erlang_c(2, 1.0) * 0.01 / (2 - 1.0)

    assert mean_wait(2, 100.0, [0.01]) == pytest.approx(exponential / 2)


def test_a_queue_that_only_grows_is_endless() -> None:
    assert mean_wait(2, 200.0, [0.01]) == math.inf
