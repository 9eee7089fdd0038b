"""The block of adverts, and the question which cars a page is about, as pages ask them."""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, cast

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from benchmarks.report import Report

REQUESTS = 50
WORDS = 3_000
MATCH_BOUND_MS = 50

# Names of makers and models, English words that are names too, and much that is neither.
PARAGRAPHS = """
We drove the Land Rover Range Rover for a week across the Pennines, through two days of rain and
one of sun, and it never once felt its weight. The diesel is the engine to have: quiet in town,
strong on the motorway, and good for 38 miles to the gallon if you let it be.

Its rivals have not stood still. The BMW X5 is the better drive, the Audi Q7 the better office,
and the Volvo XC90 carries seven people with less fuss. None of them makes you look forward to a
winter morning in quite this way.

Used ones are another story. A golf club's car park will show you a dozen, the focus of much
polish; ask for the papers of each. Up to 60,000 miles the air springs last, and then they do
not, and a smart buyer puts a thousand pounds aside before the first bill comes.

Brakes by Continental, glass by Pilkington, a gearbox from ZF that Rolls-Royce and Jaguar buy as
well: there is little in it that a good workshop has not met. The Ford Fiesta is cheaper to run,
and so is the bus; nobody ever crossed a ford in the bus and smiled.

Inside, the switches are where a hand falls, the seats are wide, and the children were asleep
before Leeds. We would like a better screen. We would like the second key, too, which the last
owner had lost, and a spare wheel in the place where the pump is.
"""


def measure(report: Report) -> None:
    call_command("load_catalogue", stdout=StringIO())
    chance = random.Random(42)  # noqa: S311 - the same pages each time
    client = Client()
    article = {"title": "Range Rover: a year with one", "text": article_text()}
    match = reverse("editorial-match")
    report.title(f"The block, and which cars a page is about, {REQUESTS} requests each")
    with warm_search():
        _report(report, "nine adverts of a model", lambda: _block(client, chance, model=True))
        _report(report, "nine adverts of a maker", lambda: _block(client, chance, model=False))
        _report(
            report,
            f"an article of {WORDS:,} words",
            lambda: client.post(match, article, content_type="application/json"),
            MATCH_BOUND_MS,
        )


@contextmanager
def warm_search() -> Iterator[None]:
    """Have search loaded, and let no thread of it outlive what is measured."""
    from listings.search.engines import engine  # noqa: PLC0415 - its models need settings
    from listings.search.suggest import index_cache  # noqa: PLC0415 - likewise

    replica = cast("Any", engine()).replica
    while replica.snapshot() is None or not index_cache().index().is_whole:
        time.sleep(0.05)
    yield
    replica.stop()
    engine.cache_clear()
    index_cache().stop()


def _block(client: Client, chance: random.Random, *, model: bool) -> Any:
    asked = {"make": f"make-{chance.randrange(1, 61)}"}
    if model:
        asked["model"] = f"model-{chance.randrange(1, 11)}"
    return client.get(reverse("widget"), asked)


def article_text() -> str:
    """Return paragraphs of `WORDS` words in all."""
    paragraphs = [" ".join(each.split()) for each in PARAGRAPHS.split("\n\n")]
    count = sum(len(each.split()) for each in paragraphs)
    text = "\n".join(paragraphs * (WORDS // count + 1))
    return re.match(rf"(\S+\s+){{{WORDS}}}", text)[0]  # type: ignore[index]  # it is longer


def _report(report: Report, name: str, ask: Callable[[], Any], bound: float | None = None) -> None:
    ask()
    seconds = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        answer = ask()
        seconds.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(answer.content)
    report.percentiles(name, seconds, bound)
