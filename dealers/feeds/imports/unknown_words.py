"""Words of the status that nobody knows: asked about once for a feed, and told in the run."""

from django.db import connection

from dealers.feeds.cells.availability import word_key, word_shown
from dealers.feeds.imports import runs
from dealers.models import FeedRun, FeedStatusWord

WAITING_MAX = 100
"""Words of a feed that wait at once: a column with more holds no status."""

_SHOWN = 10
_SAID = """
    SELECT DISTINCT word FROM dealers_feedstage AS stage,
        jsonb_array_elements_text(stage.said->'unknown_words') AS word
    WHERE stage.run_id = %s AND stage.said->>'availability' = 'unknown' ORDER BY word LIMIT %s
"""


def ask(run: FeedRun) -> None:
    """Ask about the words of a locked run; one that is only tried tells of them and no more."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [run.pk, WAITING_MAX])
        said = {word_key(line): word_shown(line) for (line,) in cursor.fetchall()}
    _tell(run, list(said.values()))
    if run.dry_run or not said:
        return
    known = FeedStatusWord.objects.filter(feed=run.feed_id)
    room = max(WAITING_MAX - known.waiting().count(), 0)
    asked = set(known.filter(key__in=said).values_list("key", flat=True))
    new = [key for key in said if key not in asked][:room]
    FeedStatusWord.objects.bulk_create(
        [FeedStatusWord(feed_id=run.feed_id, key=key, said=said[key]) for key in new],
        ignore_conflicts=True,
    )


def _tell(run: FeedRun, words: list[str]) -> None:
    """Note the words in the run, in place of those of an earlier reading of its file."""
    code = "unknown_status"
    others = [each for each in run.findings if each["code"] != code]
    if not words:
        if len(others) < len(run.findings):
            runs.write(run, findings=others)
        return
    named = ", ".join(f"“{word}”" for word in words[:_SHOWN])
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    message = f"Nobody has said yet what these mean, and their cars are not on sale: {named}{more}."
    runs.write(run, findings=[*others, {"code": code, "message": message[:1_000]}])
