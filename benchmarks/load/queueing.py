"""What the theory of queues says of requests that arrive by chance at servers alike.

Erlang's C is for service times that are exponential; others are put right by their variation.
Source: Allen, Probability, Statistics and Queueing Theory (1990), section 5.3, the formula of
Allen and Cunneen; of one server it is Pollaczek and Khinchin's.
"""

from collections.abc import Sequence


def erlang_c(servers: int, load: float) -> float:
    """Return the share of arrivals that wait.

    `load` is arrivals a second times the seconds of service, and below the number of servers.
    """
    blocked = 1.0  # Erlang's B, from no server on
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    busy = load / servers
    return blocked / (1 - busy * (1 - blocked))


def mean_wait(servers: int, rate: float, services: Sequence[float]) -> float:
    """Return the seconds that an arrival waits on average; infinite where the queue only grows.

    `rate` is arrivals a second, `services` are measured service times in seconds.
    """
    mean = sum(services) / len(services)
    load = rate * mean
    if load >= servers:
        return float("inf")
    square = sum(each * each for each in services) / len(services)
    return erlang_c(servers, load) * mean / (servers - load) * square / (2 * mean * mean)
