"""The table of engines: each is asked the same, and all must answer the same."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from benchmarks.report import Report
from benchmarks.search.arrays import Arrays
from benchmarks.search.duck import Duck
from benchmarks.search.lucene import Lucene
from benchmarks.search.ours import Ours, Plain, slow_asked
from benchmarks.search.questions import KINDS, NINE, QUESTIONS, Answer, Ask, Contender, asks
from listings.search.memory import MemoryEngine
from listings.search.memory.columns import Columns
from listings.search.memory.replica import Replica
from listings.search.memory.updates import read_update
from listings.search.postgres import PostgresEngine

MEMORY = "memory"
WARM_UP = 5
AGE_MAX_SECONDS = 300
BUILT: tuple[Callable[[Columns], Contender], ...] = (Arrays, Duck, Lucene)

P50_MS = {1_000_000: 3.0, 10_000_000: 25.0}
P95_MS = {1_000_000: 8.0}
TIMES_FASTER = {"tantivy": 8.0, "postgres": 100.0}
BOUND_AT = 1_000_000

Times = dict[str, list[float]]


@dataclass
class Results:
    """Seconds by contender, for each kind of question, and the answers to agree with."""

    times: dict[str, Times]
    answers: dict[str, list[Answer]]


def measure(report: Report, listings: int) -> None:
    report.title(f"Engines at {listings:,} adverts: count, nine facets, first page by price")
    slow = slow_asked(listings)
    report.say(
        f"  facets: {', '.join(NINE)}; {QUESTIONS} questions of each kind, {slow} for the slow"
    )
    replica = Replica(every=settings.REPLICA_SECONDS, age_max=AGE_MAX_SECONDS)
    while replica.snapshot() is None:
        time.sleep(0.05)
    results = Results({kind: {} for kind in KINDS}, {})
    _ask_all(Ours(MEMORY, MemoryEngine(replica), QUESTIONS), results)
    replica.stop()
    _ask_all(Ours("postgres", PostgresEngine(), slow), results)
    columns = read_update(None).rows
    for build in BUILT:
        started = time.perf_counter()
        contender = build(columns)
        report.figure(f"{contender.name}: build", time.perf_counter() - started, "s")
        _ask_all(contender, results)
    _ask_all(Plain(slow), results)
    _print(report, results)
    _judge(report, results, listings)


def ask_memory(report: Report, replica: Replica) -> None:
    """Ask the memory engine alone: count, nine facets and the first page."""
    results = Results({kind: {} for kind in KINDS}, {})
    started = time.thread_time()
    _ask_all(Ours(MEMORY, MemoryEngine(replica), QUESTIONS), results)
    taken = (time.thread_time() - started) / (len(KINDS) * (QUESTIONS + WARM_UP))
    report.figure("of a processor for a question of either kind", 1000 * taken, "ms")
    for kind in KINDS:
        seconds = sorted(results.times[kind][MEMORY])
        found = statistics.median(answer.count for answer in results.answers[kind])
        for share in (0.5, 0.99):
            name = f"{kind}, {found:,.0f} found: p{100 * share:.0f}"
            report.figure(name, 1000 * seconds[int(share * len(seconds))], "ms")


def _ask_all(contender: Contender, results: Results) -> None:
    for kind in KINDS:
        chosen = asks(kind, contender.asked)
        for ask in chosen[:WARM_UP]:
            contender.answer(ask)
        seconds = results.times[kind].setdefault(contender.name, [])
        expected = results.answers.setdefault(kind, [])
        for place, ask in enumerate(chosen):
            started = time.perf_counter()
            raw = contender.answer(ask)
            seconds.append(time.perf_counter() - started)
            answer = contender.read(raw)
            if place == len(expected):
                expected.append(answer)
            _compare(contender.name, ask, answer, expected[place])


def _compare(name: str, ask: Ask, answer: Answer, expected: Answer) -> None:
    same = (answer.count, answer.ids) == (expected.count, expected.ids)
    if not same or (answer.facets and answer.facets != expected.facets):
        raise RuntimeError(f"{name} answers {ask.parameters} with {answer}, not {expected}")


def _print(report: Report, results: Results) -> None:
    counts = {
        kind: statistics.median(answer.count for answer in results.answers[kind]) for kind in KINDS
    }
    heads = "".join(f"{f'{kind}, {counts[kind]:,.0f} found':^36}" for kind in KINDS)
    report.say("", f"  {'':<16}{heads}")
    report.say(f"  {'':<16}" + f"{'p50 ms':>12}{'p95 ms':>12}{'x memory':>12}" * len(KINDS))
    for name in results.times[KINDS[0]]:
        line = f"  {name:<16}"
        for kind in KINDS:
            ranked = sorted(results.times[kind][name])
            line += f"{1000 * statistics.median(ranked):>12,.2f}{1000 * _p95(ranked):>12,.2f}"
            line += f"{_ratio(results.times[kind], name):>12,.1f}"
        report.say(line)
    report.say("")


def _judge(report: Report, results: Results, listings: int) -> None:
    for kind in KINDS:
        times = results.times[kind]
        ranked = sorted(times[MEMORY])
        p50, p95 = 1000 * statistics.median(ranked), 1000 * _p95(ranked)
        report.figure(f"{kind}: memory, p50", p50, "ms", P50_MS.get(listings))
        report.figure(f"{kind}: memory, p95", p95, "ms", P95_MS.get(listings))
        for name, bound in TIMES_FASTER.items():
            at_least = bound if listings == BOUND_AT else None
            ratio = _ratio(times, name)
            report.figure(
                f"{kind}: memory against {name}", ratio, "times faster", at_least=at_least
            )


def _ratio(times: Times, name: str) -> float:
    """Return how many times as long the median took as memory's, over questions asked of both."""
    both = min(len(times[name]), len(times[MEMORY]))
    return statistics.median(times[name][:both]) / statistics.median(times[MEMORY][:both])


def _p95(ranked: list[float]) -> float:
    return ranked[min(len(ranked) - 1, round(0.95 * len(ranked)))]
