"""The cards of a page are what their serializer, which the API's document shows, would write."""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from dealers.api.stock.serializers import StockPhotoSerializer
from listings.api.photos import PhotoSerializer
from listings.api.serializers import CardSerializer
from listings.choices import BodyType, Colour, Fuel, Transmission
from listings.models import Listing, Photo
from listings.search.cards import card_rows
from marketplace.api.compiled import compiled
from marketplace.api.renderers import OrjsonRenderer
from tests import make

pytestmark = pytest.mark.django_db
PRICES = ((None, None), (5_000, None), (5_000, 6_000), (6_000, 5_000), (None, 5_000), (1, 1))
TITLES = ("", "1.6 e-HDi [ss] 5dr", "Citroën “Æ” \u2028 <b>\\", "x" * 200)
IMAGES = ("photos/1.jpg", "photos/ä b%20?#&.jpg")


def stock(seed: int) -> None:
    """Write adverts with every value that a card shows of any of its fields."""
    random_ = random.Random(seed)  # noqa: S311 - repeatable, not a secret
    branches = [
        make.branch(make.dealer("Dealer & Söhne <1>"), town="Kingston upon Hull"),
        make.branch(town="", latitude=53.8, longitude=-1.55),
    ]
    models = [make.model("Škoda's Ωmega"), make.model("a3", make.make("Audi"))]
    now = timezone.now()
    times = (now, now.replace(microsecond=0), datetime(2020, 7, 1, 12, 30, 15, 120, tzinfo=UTC))
    for number, (price, before) in enumerate(PRICES * 6):
        row = make.live(
            branch=branches[number % 2],
            model=random_.choice(models),
            derivative=random_.choice(TITLES),
            price=before or price,
            fuel=random_.choice([None, *Fuel.values]),
            transmission=random_.choice([None, *Transmission.values]),
            doors=random_.choice([None, 2, 5]),
            body_type=random_.choice([None, *BodyType.values]),
            colour=random_.choice([None, *Colour.values]),
            published_at=random_.choice(times),
            reserved_until=random_.choice([None, now + timedelta(days=1), now - timedelta(days=1)]),
        )
        if before is not None:
            Listing.objects.filter(pk=row.pk).update(price=price)
        for position in range(number % 3):
            Photo.objects.create(
                listing=row,
                image=IMAGES[number % 2],
                width=8,
                height=6,
                widths=random_.choice([[], [8], [5, 8]]),
                position=position,
            )


def described(row: Any, request: Any) -> dict[str, Any]:
    """Return what the serializer writes of an advert as the ORM has it."""
    row.cover = next((photo for photo in row.photos.all() if photo.position == 0), None)
    return dict(CardSerializer(row, context={"request": request}).data)


@pytest.mark.parametrize("seed", range(3))
def test_a_page_writes_what_the_serializer_describes(seed: int, client: Client) -> None:
    stock(seed)
    answer = client.get("/api/v1/listings/?page_size=100&near=LS1")
    shown = answer.json()["results"]
    rows = Listing.objects.with_card().prefetch_related("photos").in_bulk()
    expected = [described(rows[card["id"]], answer.wsgi_request) for card in shown]
    distances = [card.pop("distance_miles") for card in shown]
    assert all(card.pop("distance_miles") is None for card in expected)
    assert shown == orjson.loads(OrjsonRenderer().render(expected))
    assert [list(card) for card in shown] == [list(card) for card in expected]
    assert len(shown) == 36
    assert {distance is None for distance in distances} == {True, False}


@pytest.mark.parametrize("seed", range(3))
def test_an_answer_holds_the_serializers_very_bytes(seed: int, client: Client) -> None:
    stock(seed)
    for _ in range(2):  # as they are rendered, and as they were kept
        answer = client.get("/api/v1/listings/?page_size=100")
        rows = Listing.objects.with_card().prefetch_related("photos").in_bulk()
        ids = [card["id"] for card in answer.json()["results"]]
        expected = [described(rows[id_], answer.wsgi_request) for id_ in ids]
        written = OrjsonRenderer().render(expected)
        assert len(ids) == 36
        assert answer.content.startswith(b'{"results":' + written + b',"near":')


def test_only_what_is_public_is_shown() -> None:
    shown, suspended, expired = make.live(), make.live(), make.live()
    type(suspended.dealer).objects.filter(pk=suspended.dealer_id).update(is_active=False)
    Listing.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    assert [row.id for row in card_rows([expired.pk, shown.pk, suspended.pk, 0])] == [shown.pk]


@pytest.mark.parametrize("kind", [PhotoSerializer, StockPhotoSerializer])
def test_a_photo_is_written_whole_whatever_is_shown_of_it(kind: type[PhotoSerializer]) -> None:
    stock(1)
    serializer = kind()
    write = compiled(serializer)
    covers = [row.cover for row in card_rows(list(Listing.objects.values_list("pk", flat=True)))]
    rows = [
        SimpleNamespace(id=number, sizes=cover.sizes, **cover._asdict())
        for number, cover in enumerate(covers)
        if cover is not None
    ]
    assert [write(row) for row in rows] == [serializer.to_representation(row) for row in rows]
    assert rows
