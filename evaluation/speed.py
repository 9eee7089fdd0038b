"""What reading costs of a processor: a phrase, an article, the rows of a feed."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import islice

from benchmarks.blocks import WORDS, article_text
from benchmarks.feed_files import COLUMNS, rows
from dealers.feeds.cells import read_car
from listings.language.article import Article, match
from listings.language.query import Vocabulary, parse_query

PHRASE_MS, ARTICLE_MS, ROWS_SECONDS = 2.0, 20.0, 5.0
FEED_ROWS, CHUNK = 100_000, 5_000
ARTICLES, WARM_UP = 30, 5
TODAY = date(2026, 11, 28)


def lines(phrases: Sequence[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Yield a line for each measure, with what it should stay under."""
    if phrases:
        words = _milliseconds(
            [partial(parse_query, text, vocabulary, year=TODAY.year) for text in phrases]
        )
        name, p95 = f"of {len(phrases):,}", sorted(words)[len(words) * 95 // 100]
        yield _line(f"a phrase, p50 {name}", statistics.median(words), PHRASE_MS, "ms")
        yield _line(f"a phrase, p95 {name}", p95, PHRASE_MS, "ms")
    article = Article(title="Range Rover: a year with one", text=article_text())
    took = _milliseconds([lambda: match(article)] * ARTICLES)
    yield _line(f"an article of {WORDS:,} words, p50", statistics.median(took), ARTICLE_MS, "ms")
    seconds = _seconds_of_rows()
    yield _line(f"{FEED_ROWS:,} rows of a feed", seconds, ROWS_SECONDS, "s")


def _milliseconds(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Return what each call takes of a processor, once the first have made all ready."""
    for call in calls[:WARM_UP]:
        call()
    took = []
    for call in calls:
        started = time.process_time()
        call()
        took.append(1000 * (time.process_time() - started))
    return took


def _seconds_of_rows() -> float:
    """Return what reading takes of a processor, without the writing of the rows."""
    made, seconds = rows(FEED_ROWS), 0.0
    while some := [dict(zip(COLUMNS, map(str, row), strict=True)) for row in islice(made, CHUNK)]:
        started = time.process_time()
        for cells in some:
            read_car(cells, today=TODAY)
        seconds += time.process_time() - started
    return seconds


def _line(name: str, value: float, bound: float, unit: str) -> str:
    judged = "pass" if value <= bound else "MISS"
    return f"  {name:<58}{value:>12.2f} {unit:<4}{judged} (under {bound:g} {unit})"
