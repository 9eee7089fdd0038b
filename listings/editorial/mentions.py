"""Which cars and makers a text mentions, and how far each mention makes one its subject."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from listings.editorial.article import Part, Passage
from listings.editorial.gazetteer import Certainty, Gazetteer
from listings.editorial.reading import BESIDE_WORDS, Reading
from listings.editorial.senses import Senses, Subject
from listings.editorial.topics import Topic

CUED_WORTH = 0.3
ALONE_WORTH = 0.85


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject as it stands in a part of the page; `worth` is 1 for a mention in its own right."""

    subject: Subject
    part: Part
    text: str
    worth: float


def find_mentions(passages: Sequence[Passage], gazetteer: Gazetteer) -> list[Mention]:
    """Return what the passages mention, in their order; of races, roads and deaths nothing."""
    readings = [Reading.of(each, gazetteer) for each in passages if each.part is not Part.ASIDE]
    topic = Topic(word.normal for each in readings for word in each.words)
    if topic.is_elsewhere:
        return []
    senses = Senses(readings, topic)
    return [mention for reading in readings for mention in _mentions(reading, senses)]


def _mentions(reading: Reading, senses: Senses) -> Iterator[Mention]:
    """Yield the mentions of a passage; a rival's mark carries on through a list of names."""
    cued_up_to: int | None = None
    for place, hit in enumerate(reading.hits):
        goes_on = cued_up_to is not None and hit.start - cued_up_to <= BESIDE_WORDS
        is_cued = goes_on or reading.is_cued(hit) or reading.is_second_in_title(place)
        cued_up_to = hit.end if is_cued else None
        worth = CUED_WORTH if is_cued else 1.0
        name = reading.beside(place)
        if name is None and not reading.leads(place):
            name = senses.alone(reading, hit)
            worth *= 1.0 if name and name.certainty is Certainty.DISTINCT else ALONE_WORTH
        if name is not None:
            yield Mention((name.make, name.model), reading.part, reading.text(hit), worth)
