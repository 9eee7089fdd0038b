"""What speaks for and against a subject, as numbers that a weighted sum can use."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from math import exp, log1p, sqrt
from string import digits

from listings.language.article.gazetteer import NameKind, Subject
from listings.language.article.mentions import AnnotatedPassage, Mention
from listings.language.article.passages import PagePart
from listings.language.lexicon import Speaker, table, values
from listings.language.spelling import word_frequencies

TRADE = ("fuel", "transmission", "body_type", "drivetrain")

OPENING = (PagePart.STANDFIRST, PagePart.LEAD)
OPENED = (PagePart.TITLE, *OPENING)
TEXT = (*OPENING, PagePart.BODY)
WORTH = {
    PagePart.TITLE: 4.0,
    PagePart.CARD: 3.0,
    PagePart.HEADING: 1.5,
    PagePart.TAG: 1.5,
    PagePart.STANDFIRST: 1.5,
    PagePart.LEAD: 1.2,
    PagePart.BODY: 1.0,
}
"""How much a mention weighs, by where it stands, when subjects are held against each other."""
BARE = 8.8
"""The logarithm of how often a word must stand in the list to tell a style and no subject."""
FREQUENCY_MAX, LISTED_MIN, FEW_WORDS = 10.0, 3, 10
SHARES: Mapping[str, Callable[[Mention], float]] = {
    "follows a name": lambda each: each.follows_name,
    "precedes a name": lambda each: each.precedes_name,
    "precedes a code": lambda each: each.precedes_code,
}
"""What is told of a subject by the share of its mentions."""
AGAINST = frozenset(
    {
        "make alone",
        "code alone",
        "word alone",
        "follows a name",
        "precedes a name",
        "precedes a code",
    }
    | {"second in title", "kin", "rivals in title", "title of others", "makes"}
)
"""Features that can only speak against a subject; all others can only speak for it."""
OF_PAGES = (
    *("title", "tag", "opening", "text", "best worth", "full", "make named"),
    *("make alone", "code alone", "word alone", "lead", *SHARES),
)
"""Features of the likeliest subject that tell whether the page is about any."""

Features = Mapping[str, float]
Weighed = tuple[Mention, float]


def page_words(passages: Sequence[AnnotatedPassage]) -> frozenset[str]:
    """Return the different words of a page without names of cars, their numbers and plurals."""
    keys = {
        word.key
        for passage in passages
        for place, word in enumerate(passage.words)
        if place not in passage.named
    }
    return frozenset(filter(None, map(_telling, keys)))


@lru_cache(maxsize=16_384)
def _telling(key: str) -> str:
    """Return the stem of a word; nothing of a letter and of what every text says: `the`, `by`."""
    stem = stem_of(key)
    return "" if len(stem) <= 1 or word_frequencies().get(stem, 0.0) > BARE else stem


def stem_of(word: str) -> str:
    stem = word.lstrip(digits + ".,")
    return stem if len(stem) <= 3 or stem.endswith("ss") else stem.removesuffix("s")


def sum_of(words: Collection[str], weights: Mapping[str, float]) -> float:
    """Return what the words say together: in a long text no more than in a short one.

    Words without a weight say nothing, however many they are.
    """
    told = [weights[word] for word in words if word in weights]
    return sum(told) * loudness(len(told))


def loudness(count: int) -> float:
    """Return how much one of so many words that say something says: little, however few."""
    return 1 / sqrt(count + FEW_WORDS)


def logistic(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))


def features_of(mentions: Sequence[Mention], worths: Sequence[float]) -> dict[Subject, Features]:
    """Return the features of every subject of a page.

    `worths` says of each mention how far its words make it the subject, from 0 to 1.
    """
    found: defaultdict[Subject, list[Weighed]] = defaultdict(list)
    for mention, worth in zip(mentions, worths, strict=True):
        found[mention.subject].append((mention, worth))
    page = _Page(found)
    return {
        subject: {
            **_own(weighed),
            **_beside_others(subject, page, is_titled=any(_is_titled(each) for each, _ in weighed)),
        }
        for subject, weighed in found.items()
    }


def page_features(
    mentions: Sequence[Mention], best: Features, words: frozenset[str], topic: float, opening: float
) -> Features:
    """Return the features of a page: of its likeliest subject, of its cars, and of its words."""
    subjects = {mention.subject for mention in mentions}
    models = sum(model is not None for _, model in subjects)
    own = {name: best[name] for name in OF_PAGES}
    return {
        **own,
        "titled": float(any(each.part is PagePart.TITLE for each in mentions)),
        "models": log1p(models),
        "makes": log1p(len({make for make, _ in subjects})),
        "topic": topic,
        "topic of opening": opening,
        "trade": log1p(len(words & trade_words())),
    }


@cache
def trade_words() -> frozenset[str]:
    """Return the words by which the lexicon tells what a car is and how it is measured."""
    said = chain(
        (each for field in TRADE for each, _ in values(field, Speaker.DERIVATIVE)),
        (each for unit in table("units").values() for each in unit["said"]),
    )
    return frozenset(stem_of(word) for each in said for word in each.split() if len(word) > 1)


def _own(found: Sequence[Weighed]) -> Features:
    mentions = [mention for mention, _ in found]
    parts = [mention.part for mention in mentions]
    worths = [worth for _, worth in found]
    is_full = any(each.is_full for each in mentions)
    kind = max(each.name.kind for each in mentions)
    frequency = min(each.name.frequency for each in mentions) / FREQUENCY_MAX
    shares = {name: sum(map(tells, mentions)) / len(parts) for name, tells in SHARES.items()}
    return shares | {
        "title": float(PagePart.TITLE in parts or PagePart.CARD in parts),
        "tag": float(PagePart.TAG in parts),
        "opening": log1p(sum(part in OPENING for part in parts)),
        "text": log1p(sum(part in TEXT for part in parts)),
        "worth": sum(worths) / len(worths),
        "best worth": max(worths),
        "full": float(is_full),
        "make alone": float(not mentions[0].name.is_model),
        "code alone": float(not is_full and kind <= NameKind.CODE),
        "second in title": float(
            any(each.part is PagePart.TITLE for each in mentions)
            and all(each.is_second for each in mentions if each.part is PagePart.TITLE)
        ),
        "word alone": 0.0 if is_full else frequency,
    }


class _Page:
    """The subjects of a page: how much speaks for each, and which the title and headings name."""

    def __init__(self, found: Mapping[Subject, Sequence[Weighed]]) -> None:
        self.totals = {
            subject: sum(WORTH[mention.part] * worth for mention, worth in mentions)
            for subject, mentions in found.items()
        }
        self.whole = sum(self.totals.values())
        self.makes: defaultdict[str, float] = defaultdict(float)
        self.kin: defaultdict[str, float] = defaultdict(float)
        for (make, model), total in self.totals.items():
            self.makes[make] += total
            self.kin[make] = max(self.kin[make], total if model else 0.0)
        self.best = {
            level: sorted(
                (total for each, total in self.totals.items() if bool(each[1]) is level),
                reverse=True,
            )[:2]
            for level in (False, True)
        }
        self.titled = list(_named_in(PagePart.TITLE, found))
        self.titled_models = [each for each in self.titled if each[1]]
        self.titled_makes = {make for make, _ in self.titled}
        self.listed = {each for each in _named_in(PagePart.HEADING, found) if each[1]}

    def rival(self, subject: Subject) -> float:
        """Return what speaks for the best other model, or the best other make."""
        best = self.best[bool(subject[1])]
        others = best[1:] if self.totals[subject] == best[0] else best
        return others[0] if others else 0.0


def _is_titled(mention: Mention) -> bool:
    return mention.part is PagePart.TITLE


def _named_in(part: PagePart, found: Mapping[Subject, Sequence[Weighed]]) -> Iterator[Subject]:
    """Yield what a part names, without words whose make the page does not know."""
    for subject, mentions in found.items():
        is_made = (subject[0], None) in found or any(
            each.is_full or each.name.kind is NameKind.COINED for each, _ in mentions
        )
        if is_made and any(each.part is part for each, _ in mentions):
            yield subject


def _beside_others(subject: Subject, page: _Page, *, is_titled: bool) -> Features:
    """Return how a subject stands among the models, or a make among the makes, of a page."""
    make, model = subject
    own, models = page.totals[subject], page.titled_models
    is_make_titled = make in page.titled_makes
    is_of_title = bool(model) and is_make_titled and not models and own >= page.kin[make]
    return {
        "lead": max(-2.0, min(2.0, log1p(own) - log1p(page.rival(subject)))),
        "share of makes": page.makes[make] / page.whole,
        "kin": 1 - own / page.makes[make],
        "make named": float((make, None) in page.totals),
        "one of headings": float(subject in page.listed and len(page.listed) >= LISTED_MIN),
        "make in title": float(is_make_titled),
        "of titled make": float(is_of_title),
        "first in title": float(page.titled[:1] == [subject]),
        "rivals in title": log1p(sum(each != subject for each in models)),
        "title of others": float(bool(models) and not is_titled),
    }
