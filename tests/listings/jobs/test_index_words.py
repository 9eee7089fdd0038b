"""The words of features and descriptions follow the adverts, a while later."""

import pytest
from django.db import connection

from listings import periodic, word_index
from listings.models import ChangeFeed, ChangesFollower, Listing, ListingWords
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def having(phrase: str) -> set[int]:
    return set(ListingWords.objects.filter(words__phrase=phrase).values_list("pk", flat=True))


def test_words_stand_alone_without_case_and_accents() -> None:
    row = make.live(features=["Harman/Kardon", "Citroën-Box"], description="A DOG's car, £3.5k")
    periodic.index_words()
    for phrase in ("harman kardon", "kardon", "citroen box", "dog", "car 3 5k"):
        assert having(phrase) == {row.pk}, phrase
    for phrase in ("kardon citroen", "box a", "harman box", "do", "dogs", "vogue"):
        assert having(phrase) == set(), phrase


def test_only_what_buyers_see_has_words() -> None:
    shown = make.live(description="Pearl")
    make.draft(description="Pearl")
    hidden = make.live(description="Pearl", dealer=make.dealer(is_active=False))
    periodic.index_words()
    assert having("pearl") == {shown.pk}
    Listing.objects.filter(pk=shown.pk).update(status="withdrawn")
    type(hidden.dealer).objects.update(is_active=True)
    periodic.index_words()
    assert having("pearl") == {hidden.pk}


def writes() -> dict[int, int]:
    """Return the transaction that wrote each row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT listing_id, xmin::text::bigint FROM listings_listingwords")
        return dict(cursor.fetchall())


def test_what_is_written_again_is_read_again_and_what_is_not_is_left() -> None:
    rows = [make.live(description=text) for text in ("Pearl", "Pearl", "Pearl")]
    periodic.index_words()
    before = writes()
    Listing.objects.filter(pk=rows[0].pk).update(description="Ivory")
    Listing.objects.filter(pk=rows[1].pk).update(price=5_000)
    Listing.objects.filter(pk=rows[2].pk).delete()
    assert word_index.follow_texts() == 1
    assert having("pearl") == {rows[1].pk}
    assert having("ivory") == {rows[0].pk}
    after = writes()
    assert after[rows[1].pk] == before[rows[1].pk]
    assert word_index.follow_texts() == 0


def test_it_goes_on_where_it_was_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_index, "BATCH_SIZE", 2)
    rows = [make.live(description="Pearl") for _ in range(5)]
    # The time is over before the first batch, then after it.
    assert word_index.follow_texts(seconds_max=0) == 0
    page = word_index._read(None)
    assert word_index._apply(page, None) == 2
    assert word_index._apply(page, None) is None, "another was faster"
    make.live(description="Pearl")
    assert word_index.follow_texts() == 4
    assert len(having("pearl")) == len(rows) + 1


def test_it_starts_over_when_the_feed_does() -> None:
    row = make.live(description="Pearl")
    periodic.index_words()
    ListingWords.objects.update(digest=0)
    ChangeFeed.objects.update_or_create(id=1, defaults={"epoch": "0" * 32})
    assert word_index.follow_texts() == 1
    assert having("pearl") == {row.pk}
    assert ChangesFollower.objects.count() == 1


def test_texts_of_any_length_are_taken() -> None:
    feature = "x" * 120
    row = make.live(features=[feature] * 200, description="again and " * 2_000)
    periodic.index_words()
    assert having("again") == {row.pk}
    assert having("again and") == {row.pk}


def test_words_are_kept_out_of_the_rows_also_when_written_again() -> None:
    texts = [" ".join(f"word{number}" for number in range(100 + extra)) for extra in (0, 1)]
    for text in texts:
        row = Listing.objects.first() or make.live()
        Listing.objects.filter(pk=row.pk).update(description=text)
        assert word_index.follow_texts() == 1
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_column_toast_chunk_id(words) IS NOT NULL, pg_column_size(blanks) < 100"
                " FROM listings_listingwords"
            )
            assert cursor.fetchall() == [(True, True)]
