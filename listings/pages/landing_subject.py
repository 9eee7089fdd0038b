"""What a landing page is about: a make, a model of it, a place, or these together.

Each has one address, which `/cars/` names as its own where it asks the same. A place whose name is
also a make (Bristol, Lincoln) or a model of the make (Oxford) is `near-bristol` there.
"""

import dataclasses
from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils.text import slugify

from listings.api.filter_labels import filter_label, place_name
from listings.models import Make, Model
from listings.search.criteria import Criteria
from listings.search.places.named_places import (
    NAMED_PLACES,
    NamedPlace,
    named,
    nearest_name,
    place_words,
)
from listings.search.slug_hints import alias_of, known_slugs, slug_meant
from listings.site.addresses import landing_path
from listings.site.query_string import DEFAULT_ORDERING

NEAR = "near-"
DEPTH_MAX = 3
ORDERINGS = (DEFAULT_ORDERING, ("distance",))


@dataclasses.dataclass(frozen=True)
class LandingSubject:
    """`make` and `model` are slugs."""

    make: str | None = None
    model: str | None = None
    place: NamedPlace | None = None

    @property
    def criteria(self) -> Criteria:
        return Criteria(
            make=(self.make,) if self.make else (),
            model=(self.model,) if self.model else (),
            near=self.place.name if self.place else None,
            within_miles=self.place.radius if self.place else None,
        )

    @property
    def car(self) -> str:
        """What the cars are called: `Ford Fiesta`; empty where they are of any make."""
        makes = self.criteria.make
        names = [filter_label("make", each) for each in makes]
        if self.model:
            names.append(filter_label("model", self.model, makes=makes))
        return " ".join(names)

    @property
    def heading(self) -> str:
        near = f" near {place_name(self.place.name)}" if self.place else ""
        return f"Used {self.car or 'cars'}{near}"

    def cars(self, count: int) -> str:
        """What so many of them are called inside a sentence: `used Ford cars near Leeds`."""
        near = f" near {place_name(self.place.name)}" if self.place else ""
        return f"used {f'{self.car} car' if self.car else 'car'}{'s' * (count != 1)}{near}"

    def path(self, taken: Collection[str] | None = None) -> str:
        """Return the one address; `taken` are the segments that mean something else than a place.

        Without it the database is asked.
        """
        names = [each for each in (self.make, self.model) if each]
        if self.place:
            segment = slugify(self.place.name)
            taken = self.taken([self.place]) if taken is None else taken
            names.append(f"{NEAR}{segment}" if segment in taken else segment)
        return landing_path(*names)

    def taken(self, places: Iterable[NamedPlace]) -> set[str]:
        """Return which names of places are makes, or models of the make, as well."""
        if self.model:
            return set()
        rows: QuerySet = Make.objects.all()
        if self.make:
            rows = Model.objects.filter(make__slug=self.make)
        segments = [slugify(each.name) for each in places]
        return set(rows.filter(slug__in=segments).values_list("slug", flat=True))


def subject_of(criteria: Criteria, ordering: tuple[str, ...]) -> LandingSubject | None:
    """Return what a search is about, where a landing page is about the same."""
    if ordering not in ORDERINGS or len(criteria.make) > 1 or len(criteria.model) > 1:
        return None
    place = NAMED_PLACES.get(criteria.near or "")
    subject = LandingSubject(
        criteria.make[0] if criteria.make else None,
        criteria.model[0] if criteria.model else None,
        place,
    )
    is_one = subject.make or (place and not subject.model)
    return subject if is_one and subject.criteria == criteria else None


def makes_with_model(place: NamedPlace | None, makes: Collection[str]) -> dict[str, set[str]]:
    """Return which of some makes have a model that is called like a place, and what that is."""
    if place is None:
        return {}
    segment = slugify(place.name)
    rows = Model.objects.filter(slug=segment, make__slug__in=makes)
    return {make: {segment} for make in rows.values_list("make__slug", flat=True)}


class NoSuchPage(Exception):
    """A segment of an address means nothing; `meant` are pages that it may be a slip of."""

    def __init__(self, segment: str, meant: Iterable[LandingSubject]) -> None:
        super().__init__(segment)
        self.segment = segment
        self.meant = tuple(meant)


def read_subject(segments: list[str]) -> LandingSubject:
    """Return what an address is about, also by other names. Raises `NoSuchPage`."""
    if len(segments) > DEPTH_MAX:
        raise NoSuchPage(segments[DEPTH_MAX], ())
    first, *others = (segment.lower() for segment in segments)
    make = _slug(Make.objects.all(), "make", first)
    if make is None:
        place = place_of(first)
        if place is None or len(others) > 1:
            raise NoSuchPage(first, _makes_meant(first))
        if not others:
            return LandingSubject(place=place)
        make, others = _slug(Make.objects.all(), "make", others[0]), [first]
        if make is None:
            raise NoSuchPage(first, [LandingSubject(place=place)])
    return _of_make(make, others)


def _of_make(make: str, segments: list[str]) -> LandingSubject:
    if not segments:
        return LandingSubject(make)
    first, *others = segments
    rows = Model.objects.filter(make__slug=make)
    model = _slug(rows, "model", first, make)
    place = place_of(others[0] if others else first) if others or model is None else None
    if others and model is None:
        raise NoSuchPage(first, _models_meant(make, rows, first, place))
    if place is None and (others or model is None):
        raise NoSuchPage(segments[-1], _places_meant(make, model, rows, segments[-1]))
    return LandingSubject(make, model, place)


def place_of(segment: str) -> NamedPlace | None:
    return named(place_words(segment.removeprefix(NEAR).replace("-", " ")))


def _slug(rows: QuerySet, name: str, slug: str, make: str | None = None) -> str | None:
    """Return the slug of a row that has it, or another name written like it."""
    if rows.filter(slug=slug).exists():
        return slug
    return next(iter(alias_of(name, slug, [make] if make else [])), None)


def _makes_meant(segment: str) -> Iterable[LandingSubject]:
    rows = Make.objects.all()
    if meant := slug_meant("make", segment, known_slugs(rows), []):
        yield LandingSubject(meant)
    if place := _slip(segment):
        yield LandingSubject(place=place)


def _models_meant(
    make: str, rows: QuerySet, segment: str, place: NamedPlace | None
) -> Iterable[LandingSubject]:
    if meant := slug_meant("model", segment, known_slugs(rows), [make]):
        yield LandingSubject(make, meant, place)
    yield LandingSubject(make, place=place)


def _places_meant(
    make: str, model: str | None, rows: QuerySet, segment: str
) -> Iterable[LandingSubject]:
    meant = None if model else slug_meant("model", segment, known_slugs(rows), [make])
    if meant:
        yield LandingSubject(make, meant)
    if place := _slip(segment):
        yield LandingSubject(make, model, place)
    yield LandingSubject(make, model)


def _slip(segment: str) -> NamedPlace | None:
    return nearest_name(segment.removeprefix(NEAR).replace("-", " ")[:40])
