"""Which cars and makers a text mentions, and how far each mention makes one its subject."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from listings.language.article.annotation import AnnotatedPassage
from listings.language.article.disambiguation import Disambiguation, Subject
from listings.language.article.gazetteer import CarName, Certainty, Gazetteer
from listings.language.article.passages import PagePart, Passage
from listings.language.article.topics import Topic

CUED_WORTH = 0.3
ALONE_WORTH = 0.85
SCANT_MENTIONS_MIN = 3

_THINGS = re.compile(
    r"\bbest\b.*\b(?:dash ?cams?|tyres|sat ?navs?|(?:car|child) seats|roof (?:boxes|bars)"
    r"|dog guards|(?:tyre )?inflators?|jump (?:starters|leads)|phone (?:holders|mounts)|wax"
    r"|shampoos?|polish|chargers|trackers|(?:steering )?locks?|breakdown cover|vacuums?"
    r"|toolkits?|socket sets?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject as it stands in a part of the page; `worth` is 1 for a mention in its own right."""

    subject: Subject
    part: PagePart
    text: str
    worth: float
    is_headline: bool = False
    """Whether a title begins with it and goes on to say more of it: `Volvo EX30: …`."""


def find_mentions(passages: Sequence[Passage], gazetteer: Gazetteer) -> list[Mention]:
    """Return what the passages mention, in their order; of races, roads and deaths nothing."""
    annotated = [
        AnnotatedPassage.of(each, gazetteer) for each in passages if each.part is not PagePart.ASIDE
    ]
    topic = Topic([word.normal for each in annotated for word in each.words])
    if topic.is_elsewhere or any(_is_of_a_thing(each) for each in passages):
        return []
    disambiguation = Disambiguation(annotated, topic)
    found = [mention for passage in annotated for mention in _mentions(passage, disambiguation)]
    return _often(found) if topic.is_scant else found


def _often(found: Sequence[Mention]) -> list[Mention]:
    """Leave out the makes that a text which says little of cars does not keep to."""
    counts = Counter(each.subject[0] for each in found if each.worth > CUED_WORTH)
    kept = {make for make, count in counts.items() if count >= SCANT_MENTIONS_MIN}
    kept |= {each.subject[0] for each in found if each.is_headline}
    return [each for each in found if each.subject[0] in kept]


def _is_of_a_thing(passage: Passage) -> bool:
    """Return whether a title says that things for cars were tried: a car carried them."""
    return passage.part is PagePart.TITLE and bool(_THINGS.search(passage.text))


def _mentions(passage: AnnotatedPassage, disambiguation: Disambiguation) -> Iterator[Mention]:
    """Yield the mentions of a passage; a rival's mark carries on through a list of names."""
    cued_up_to: int | None = None
    before: tuple[CarName, int] | None = None
    for place, hit in enumerate(passage.hits):
        goes_on = cued_up_to is not None and passage.goes_on(cued_up_to, hit.start)
        is_cued = goes_on or passage.is_cued(hit)
        cued_up_to = hit.end if is_cued else None
        name, worth, start = passage.beside(place), 1.0, hit.start
        if name is not None:
            start = passage.hits[place - 1].start
        elif not passage.leads(place):
            name = disambiguation.alone(passage, hit)
            worth = 1.0 if name and name.certainty is Certainty.DISTINCT else ALONE_WORTH
        if name is None:
            continue
        if is_cued or (before and _is_second(passage, name, start, before)):
            worth *= CUED_WORTH
        before = name, hit.end
        is_headline = passage.is_headline(start, hit.end)
        yield Mention((name.make, name.model), passage.part, passage.text(hit), worth, is_headline)


def _is_second(
    passage: AnnotatedPassage, name: CarName, start: int, before: tuple[CarName, int]
) -> bool:
    """Return whether a title has named its subject before and does not list this one with it."""
    first, end = before
    is_its_own = first.model is None and first.make == name.make
    return passage.part is PagePart.TITLE and not is_its_own and not passage.lists(end, start)
