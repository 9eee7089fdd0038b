"""A market to search in: adverts of every model of the catalogue, varied and always the same.

Beside them stand an advert for each labelled derivative, and one for each labelled search that
answers it, so that a search that finds nothing was read wrong.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.utils import timezone

from evaluation.labelled_sets import Case
from evaluation.spellings import key
from listings.catalogue import load_seed
from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    Fuel,
    ServiceHistory,
    Status,
    Transmission,
)
from listings.models import Listing, Model
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.engines import engine
from listings.search.places.areas import AREAS

EACH = 6
BATCH = 2_000
_TRIMS = ("SE", "Sport", "S Line", "Titanium", "GT", "Premium", "Design", "Limited Edition")
_SIZES = (999, 1_199, 1_498, 1_598, 1_968, 2_993)
_CHOICES: Mapping[str, Any] = {
    "fuel": Fuel.values,
    "transmission": Transmission.values,
    "body_type": BodyType.values,
    "colour": Colour.values,
    "drivetrain": Drivetrain.values,
    "service_history": ServiceHistory.values,
    "doors": (2, 3, 4, 5),
    "seats": (2, 4, 5, 7),
    "engine_cc": _SIZES,
    "year": range(2008, 2027),
    "owners": range(1, 6),
    "power_bhp": range(65, 400),
    "mileage": range(500, 140_000),
    "price": range(995, 60_000),
    "euro_standard": (4, 5, 6),
}


class Market:
    """The adverts; `load` fills a database that has none."""

    def __init__(self, each: int = EACH) -> None:
        """`each` is how many adverts a model has, beside those of the labels."""
        self._each = each
        self._chance = random.Random(42)  # noqa: S311 - the same market each time
        self._number = count(1)
        self._branches: list[Any] = []
        self._models: list[Model] = []

    def load(self, derivatives: Iterable[Case], phrases: Iterable[Case]) -> int:
        """Return how many adverts there are."""
        load_seed()
        self._branches = list(_branches())
        self._models = list(Model.objects.select_related("make").order_by("make_id", "id"))
        rows = [self._advert(model) for model in self._models for _ in range(self._each)]
        rows += self._of_derivatives(derivatives)
        rows += [self._advert(**self._meant(case["expect"])) for case in phrases]
        Listing.objects.bulk_create(rows, batch_size=BATCH)
        return len(rows)

    def count(self, parameters: Mapping[str, object]) -> int:
        """Return how many adverts a search finds. Raises `Invalid`."""
        criteria = Criteria.from_parameters({**parameters, **self._slugs(parameters)})
        request = SearchRequest(criteria, ("price",), size=1, is_counted=True)
        return engine().search(request).count or 0

    def _slugs(self, parameters: Mapping[str, object]) -> dict[str, list[str]]:
        """Return the catalogue's slugs for those of a label, which may be spelled otherwise."""
        found = {}
        for name in ("make", "model"):
            wanted = _listed(parameters.get(name))
            known = {row.slug if name == "model" else row.make.slug for row in self._models}
            by_key = {key(slug): slug for slug in sorted(known)}
            found[name] = [
                slug if slug in known else by_key.get(key(slug), slug) for slug in wanted
            ]
        return {name: slugs for name, slugs in found.items() if slugs}

    def _advert(self, model: Model | None = None, **fields: Any) -> Listing:
        chance = self._chance
        model = model or chance.choice(self._models)
        car = {name: chance.choice(values) for name, values in _CHOICES.items()} | fields
        branch, now = chance.choice(self._branches), timezone.now()
        litres = f"{car['engine_cc'] / 1000:.1f}"
        car.setdefault("derivative", f"{litres} {chance.choice(_TRIMS)} {car['doors']}dr")
        return Listing(
            dealer_id=branch.dealer_id,
            branch_id=branch.pk,
            make_id=model.make_id,
            model=model,
            stock_ref=f"M{next(self._number)}",
            status=Status.LIVE,
            published_at=now,
            confirmed_at=now,
            expires_at=now + timedelta(days=30),
            **car,
        )

    def _of_derivatives(self, cases: Iterable[Case]) -> Iterator[Listing]:
        """Yield an advert of each derivative whose car the catalogue has."""
        by_name = {(key(row.make.name), key(row.name)): row for row in self._models}
        for case in cases:
            model = by_name.get((key(case.get("make", "")), key(case.get("model", ""))))
            if model is not None:
                yield self._advert(model, derivative=case["text"][:200])

    def _meant(self, expect: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a car that a labelled search asks for."""
        slugs = self._slugs(expect)
        fields: dict[str, Any] = {"model": self._model(slugs)}
        for name in _CHOICES:
            if expect.get(name):
                fields[name] = expect[name][0]
            for end in ("min", "max"):
                if f"{name}_{end}" in expect:
                    fields[name] = int(_listed(expect[f"{name}_{end}"])[0])
        if "text" in expect:
            fields["derivative"] = " ".join(expect["text"])
        if "electric_range_miles_min" in expect:
            fields["electric_range_miles"] = int(_listed(expect["electric_range_miles_min"])[0])
        return fields

    def _model(self, slugs: Mapping[str, list[str]]) -> Model | None:
        fitting = [
            row
            for row in self._models
            if row.make.slug in slugs.get("make", [row.make.slug])
            and row.slug in slugs.get("model", [row.slug])
        ]
        return self._chance.choice(fitting) if fitting else None


def _branches() -> Iterator[Any]:
    """Yield a branch at the middle of each postcode area."""
    dealer = apps.get_model("dealers", "Dealer").objects.create(
        name="Everywhere Cars", slug="everywhere-cars", email="cars@example.com"
    )
    for code, area in AREAS.items():
        yield dealer.branches.create(
            name=area.name,
            postcode=f"{code}1 1AA",
            latitude=area.latitude,
            longitude=area.longitude,
        )


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
