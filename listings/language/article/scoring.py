"""Which of the cars that an article mentions it is about."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from listings.language.article.disambiguation import Subject
from listings.language.article.mentions import Mention
from listings.language.article.passages import PagePart

MODEL_MIN = 4.0
MAKE_MIN = 5.0
MAKE_MENTIONS_MIN = 2
MODEL_MENTIONS_MIN = 3
CARS_MENTIONS_MIN = 2
NEAR_THE_BEST = 0.6
AS_GOOD_AS_THE_BEST = 0.85
MODELS_MAX = 5
UNTITLED_MAX = 2
ROUND_UP_MIN = 3
SHARE_OF_MAKE = 0.35
AHEAD_OF_MAKES = 1.5
OUT_OF_STOCK = 0.85
REPEATED_MAX = 1.5
WHOLE_WORTH = 0.5
TEXT = (PagePart.STANDFIRST, PagePart.LEAD, PagePart.BODY)
TELLING = (PagePart.TITLE, PagePart.CARD, PagePart.TAG, PagePart.HEADING)


@dataclass(frozen=True)
class Evidence:
    """Words that decided: as they stand, where, and how often."""

    text: str
    part: PagePart
    count: int


@dataclass(frozen=True)
class Match:
    """What an article is about; `model` is None where it is about the maker. Slugs."""

    make: str
    model: str | None
    score: float
    words: tuple[Evidence, ...]


def rank_subjects(mentions: Sequence[Mention], stock: Mapping[Subject, int]) -> list[Match]:
    """Return the subjects, best first; none where an editor would not be sure.

    `stock` holds the number of public adverts by subject: of two that are as near, what can be
    bought wins.
    """
    by_subject: defaultdict[Subject, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_subject[mention.subject].append(mention)
    scores = {subject: _score(found) for subject, found in by_subject.items()}

    def rank(subject: Subject) -> float:
        return scores[subject] * (1.0 if stock.get(subject) else OUT_OF_STOCK)

    ordered = sorted(scores, key=rank, reverse=True)
    chosen = _models(ordered, scores, by_subject) or _make(scores, by_subject)
    return [
        Match(*subject, round(scores[subject], 2), _evidence(by_subject[subject]))
        for subject in chosen
    ]


def _score(mentions: Sequence[Mention]) -> float:
    """Add up the parts: the text by falling worth, every other part by its best mention."""
    total = 0.0
    for part in PagePart:
        worths = sorted((each.worth for each in mentions if each.part is part), reverse=True)
        if not worths:
            continue
        if part is PagePart.BODY:
            total += part.value * sum(worth / sqrt(n) for n, worth in enumerate(worths, 1))
        else:
            repeated = min(REPEATED_MAX, 1 + 0.25 * (len(worths) - 1))
            total += part.value * worths[0] * repeated
    return total


def _models(
    ordered: Sequence[Subject],
    scores: Mapping[Subject, float],
    mentions: Mapping[Subject, Sequence[Mention]],
) -> list[Subject]:
    models = [each for each in ordered if each[1] and _is_no_aside(mentions[each])]
    headed = [each for each in models if _stands_in(PagePart.HEADING, mentions[each])]
    titled = [each for each in models if _stands_in(PagePart.TITLE, mentions[each])]
    if len(headed) >= ROUND_UP_MIN and not titled:
        return headed[:MODELS_MAX]
    if not models or scores[models[0]] < MODEL_MIN or _is_about_a_make(models[0], scores):
        return []
    best = models[0]
    share = NEAR_THE_BEST if best in titled else AS_GOOD_AS_THE_BEST
    least = max(MODEL_MIN, share * scores[best])
    near = [
        each for each in models if scores[each] >= least and (each in titled) >= (best in titled)
    ]
    near = _without_puns(near, mentions)
    return near if len(near) <= (MODELS_MAX if best in titled else UNTITLED_MAX) else []


def _without_puns(
    near: Sequence[Subject], mentions: Mapping[Subject, Sequence[Mention]]
) -> list[Subject]:
    """Leave out what only the title calls where another of the make stands in the text too."""
    told = {each for each in near if any(found.part in TEXT for found in mentions[each])}
    makes = {make for make, _ in told}
    return [each for each in near if each in told or each[0] not in makes]


def _stands_in(part: PagePart, mentions: Sequence[Mention]) -> bool:
    return any(each.part is part and each.worth >= WHOLE_WORTH for each in mentions)


def _is_no_aside(mentions: Sequence[Mention]) -> bool:
    """Return whether a car is named again past the opening, or where a page tells its subject."""
    whole = [each.part for each in mentions if each.worth >= WHOLE_WORTH]
    is_passing = len(whole) < CARS_MENTIONS_MIN or set(whole) == {PagePart.STANDFIRST}
    return not is_passing or any(part in TELLING for part in whole)


def _is_about_a_make(best: Subject, scores: Mapping[Subject, float]) -> bool:
    """Return whether a maker, called without a model, outweighs the best model."""
    return any(
        scores[best] < (SHARE_OF_MAKE if make == best[0] else 1.0) * score
        for (make, model), score in scores.items()
        if model is None
    )


def _make(
    scores: Mapping[Subject, float], mentions: Mapping[Subject, Sequence[Mention]]
) -> list[Subject]:
    """Return the one maker that stands out, its models counted half; once named is in passing."""
    totals: defaultdict[str, float] = defaultdict(float)
    for (make, model), score in scores.items():
        totals[make] += score if model is None else score / 2
    makes = sorted(totals, key=lambda each: -totals[each])
    if not makes or scores.get((makes[0], None), 0) < MAKE_MIN:
        return []
    named = (
        each for subject, found in mentions.items() if subject[0] == makes[0] for each in found
    )
    if sum(each.worth >= WHOLE_WORTH for each in named) < MAKE_MENTIONS_MIN:
        return []
    is_clear = all(totals[makes[0]] >= AHEAD_OF_MAKES * totals[each] for each in makes[1:])
    return [_model_of(makes[0], mentions) or (makes[0], None)] if is_clear else []


def _model_of(make: str, mentions: Mapping[Subject, Sequence[Mention]]) -> Subject | None:
    """Return the one model that a text speaks of while it calls the maker more loudly."""
    counts = {
        subject: sum(each.worth >= WHOLE_WORTH for each in found)
        for subject, found in mentions.items()
        if subject[0] == make
    }
    best = max(counts, key=lambda each: counts[each])
    others = max((count for each, count in counts.items() if each != best), default=0)
    is_it = best[1] and counts[best] >= MODEL_MENTIONS_MIN and counts[best] > others
    return best if is_it else None


def _evidence(mentions: Sequence[Mention]) -> tuple[Evidence, ...]:
    counts = Counter((each.part, each.text) for each in mentions if each.worth >= WHOLE_WORTH)
    ordered = sorted(counts.items(), key=lambda counted: -counted[0][0].value)
    return tuple(Evidence(text, part, count) for (part, text), count in ordered)
