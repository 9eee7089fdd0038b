"""The log of webhooks lies in a partition for each day, made ahead and dropped when it is over."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import F
from django.db.models.expressions import RawSQL
from pytest_django import Settings

from dealers import retention
from dealers.models import Dealer, WebhookDelivery, WebhookEndpoint, WebhookMessage
from dealers.webhooks.queue import Event, queue, replay
from dealers.webhooks.sender import WebhookSender
from dealers.webhooks.signatures import new_nonce
from tests import make
from tests.databases import own_database
from tests.dealers.webhooks.receiver import Receiver
from tests.listings.changes.connections import conninfo

DAY = timedelta(days=1)
PARTITIONS = """
    SELECT inhrelid::regclass::text FROM pg_inherits
    WHERE inhparent = 'dealers_webhookmessage'::regclass ORDER BY 1
"""
"""Of the messages; those of deliveries are named alike."""


def today() -> date:
    return datetime.now(UTC).date()


def ask(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def days(table: str = "dealers_webhookmessage") -> list[str]:
    found = ask(PARTITIONS.replace("dealers_webhookmessage", table))
    return [name.removeprefix(f"{table}_") for name in found]


def coming() -> list[str]:
    return [f"{today() + ahead * DAY:%Y%m%d}" for ahead in range(8)]


def tell(dealer: Dealer, *subjects: str) -> list[WebhookMessage]:
    before = set(WebhookMessage.objects.values_list("pk", flat=True))
    queue(Event(dealer.pk, "listing.updated", each, {"id": 1}) for each in subjects)
    return list(WebhookMessage.objects.exclude(pk__in=before).order_by("pk"))


def endpoint(dealer: Dealer, url: str = "https://dealer.example/hook") -> WebhookEndpoint:
    nonce = new_nonce()
    return WebhookEndpoint.objects.create(
        dealer=dealer,
        url=url,
        events=["listing.updated"],
        nonce=nonce.nonce,
        key_check=nonce.key_check,
    )


def older(name: str) -> Any:
    """Return a model as it was before the log was kept by days."""
    state = MigrationLoader(connection).project_state(("dealers", "0027_webhooks"))
    return state.apps.get_model("dealers", name)


def tell_older(endpoint_id: int, *subjects: str) -> list[Any]:
    """Tell an endpoint as the version before did."""
    (dealer,) = (
        older("WebhookEndpoint").objects.filter(pk=endpoint_id).values_list("dealer", flat=True)
    )
    kind, messages = "listing.updated", older("WebhookMessage").objects
    told = [
        messages.create(dealer_id=dealer, type=kind, subject=subject, body="{}")
        for subject in subjects
    ]
    for message in told:
        older("WebhookDelivery").objects.create(
            endpoint_id=endpoint_id, message_id=message.pk, subject=message.subject
        )
    return told


def tell_on(day: date, dealer: Dealer, *subjects: str) -> None:
    """Tell of subjects as if it had been that day's noon, in the partition of the day."""
    ask("SELECT webhook_log_add_day(%s)", day)
    rows = tell(dealer, *subjects)
    noon = datetime.combine(day, time(12), UTC)
    shift, ids = (today() - day).days << 40, [row.pk for row in rows]
    WebhookDelivery.objects.filter(message__in=ids).update(message=F("message") - shift)
    WebhookMessage.objects.filter(pk__in=ids).update(id=F("id") - shift, created_at=noon)


def partitions_of(model: type[WebhookMessage | WebhookDelivery]) -> list[str]:
    return sorted(model.objects.values_list(RawSQL("tableoid::regclass::text", ()), flat=True))


@pytest.mark.django_db(transaction=True)
def test_messages_lie_in_the_partition_of_their_day_with_their_deliveries() -> None:
    retention.apply("webhooks")
    dealer = make.dealer()
    endpoint(dealer)
    first, second = tell(dealer, "listing:1", "listing:2")
    assert first.pk < second.pk
    assert first.pk >> 40 == (today() - date(1970, 1, 1)).days
    now = f"{today():%Y%m%d}"
    assert partitions_of(WebhookMessage) == [f"dealers_webhookmessage_{now}"] * 2
    assert partitions_of(WebhookDelivery) == [f"dealers_webhookdelivery_{now}"] * 2


@pytest.mark.django_db(transaction=True)
def test_retention_makes_a_week_ahead_and_drops_whole_days(settings: Settings) -> None:
    settings.WEBHOOKS_KEPT_DAYS = 10
    retention.apply("webhooks")
    dealer = make.dealer()
    endpoint(dealer)
    kept, gone, empty = (today() - count * DAY for count in (10, 11, 13))
    tell_on(kept, dealer, "listing:1")
    tell_on(gone, dealer, "listing:2", "listing:3")
    ask("SELECT webhook_log_add_day(%s)", empty)
    tell(dealer, "listing:4")
    for removed in (2, 0):
        assert retention.apply("webhooks") == removed
        subjects = WebhookMessage.objects.order_by("pk").values_list("subject", flat=True)
        assert list(subjects) == ["listing:1", "listing:4"]
        assert WebhookDelivery.objects.count() == 2
    expected = sorted([f"{kept:%Y%m%d}", *coming(), "default"])
    assert set(expected) <= set(days())
    assert days() == days("dealers_webhookdelivery")
    assert not {f"{gone:%Y%m%d}", f"{empty:%Y%m%d}"} & set(days())
    ask(f"DROP TABLE dealers_webhookmessage_{kept:%Y%m%d}, dealers_webhookdelivery_{kept:%Y%m%d}")


@pytest.mark.django_db(transaction=True)
def test_without_its_partition_a_day_is_written_sent_and_pruned_all_the_same(
    receiver: Receiver, sender: WebhookSender, settings: Settings
) -> None:
    retention.apply("webhooks")
    now = f"{today():%Y%m%d}"
    ask(f"DROP TABLE dealers_webhookmessage_{now}, dealers_webhookdelivery_{now}")
    dealer = make.dealer()
    endpoint(dealer, receiver.url("/hook"))
    (row,) = tell(dealer, "listing:1")
    sender.send_due()
    assert [each.id for each in receiver.received] == [row.webhook_id]
    assert WebhookDelivery.objects.get().state == "delivered"
    assert partitions_of(WebhookDelivery) == ["dealers_webhookdelivery_default"]
    assert retention.apply("webhooks") == 0  # the day stays where its rows are
    assert partitions_of(WebhookMessage) == ["dealers_webhookmessage_default"]
    settings.WEBHOOKS_KEPT_DAYS = 1
    WebhookMessage.objects.update(created_at=datetime.now(UTC) - 3 * DAY)
    assert retention.apply("webhooks") == 1
    assert not WebhookDelivery.objects.exists()
    retention.apply("webhooks")
    assert now in days()


@pytest.mark.django_db(transaction=True)
def test_a_message_of_another_day_is_sent_again_and_shown(
    receiver: Receiver, sender: WebhookSender
) -> None:
    dealer = make.dealer()
    row = endpoint(dealer, receiver.url("/hook"))
    day = today() - 3 * DAY
    tell_on(day, dealer, "listing:1", "listing:2")
    tell(dealer, "listing:1")
    sender.send_due()
    assert [each.content["data"] for each in receiver.received] == [{"id": 1}] * 3
    start = datetime.combine(day, time(), UTC)
    assert replay(row, start, start + DAY) == 2
    sender.send_due()
    again = WebhookMessage.objects.filter(created_at__lt=start + DAY).order_by("pk")
    assert [each.id for each in receiver.received[3:]] == [each.webhook_id for each in again]
    assert WebhookDelivery.objects.filter(state="delivered").count() == 3
    WebhookEndpoint.objects.all().delete()
    assert not WebhookDelivery.objects.exists()
    ask(f"DROP TABLE dealers_webhookmessage_{day:%Y%m%d}, dealers_webhookdelivery_{day:%Y%m%d}")


@pytest.mark.django_db(transaction=True)
def test_a_day_is_dropped_later_where_the_log_is_held(settings: Settings) -> None:
    settings.WEBHOOKS_KEPT_DAYS = 10
    retention.apply("webhooks")
    day = today() - 12 * DAY
    tell_on(day, make.dealer(), "listing:1")
    with psycopg.connect(conninfo()) as reader:
        reader.execute("SELECT FROM dealers_webhookmessage")
        with pytest.raises(OperationalError, match="lock timeout"):
            retention.apply("webhooks")
        assert WebhookMessage.objects.count() == 1
    assert retention.apply("webhooks") == 1


@pytest.mark.django_db(transaction=True)
def test_a_query_that_names_a_message_reads_one_partition() -> None:
    retention.apply("webhooks")
    number = (today() - date(1970, 1, 1)).days << 40
    plan = "\n".join(
        ask(f"EXPLAIN SELECT FROM dealers_webhookdelivery WHERE message_id = {number}")
    )
    assert f"dealers_webhookdelivery_{today():%Y%m%d}" in plan
    assert "Append" not in plan


@pytest.mark.django_db(transaction=True)
def test_the_log_of_an_older_version_is_kept_there_and_back() -> None:
    with own_database():
        dealer = make.dealer()  # an older version would lack columns of today's model
        call_command("migrate", "dealers", "0027", verbosity=0)
        nonce = new_nonce()
        endpoint_id = (
            older("WebhookEndpoint")
            .objects.create(
                dealer_id=dealer.pk,
                url="https://dealer.example/hook",
                events=["listing.updated"],
                nonce=nonce.nonce,
                key_check=nonce.key_check,
            )
            .pk
        )
        old = tell_older(endpoint_id, "listing:1", "listing:2")
        assert [row.pk for row in old] == [1, 2]
        call_command("migrate", "dealers", verbosity=0)
        assert partitions_of(WebhookMessage) == ["dealers_webhookmessage_undated"] * 2
        assert partitions_of(WebhookDelivery) == ["dealers_webhookdelivery_undated"] * 2
        (new,) = tell(dealer, "listing:3")
        assert new.pk & (2**40 - 1) == 3
        assert retention.apply("webhooks") == 0

        call_command("migrate", "dealers", "0027", verbosity=0)
        kept = WebhookMessage.objects.order_by("pk")
        expected = [(1, old[0].key), (2, old[1].key), (3, new.key)]
        assert list(kept.values_list("pk", "key")) == expected
        deliveries = WebhookDelivery.objects.order_by("pk").values_list("message", flat=True)
        assert list(deliveries) == [1, 2, 3]
        assert [row.pk for row in tell_older(endpoint_id, "listing:4")] == [4]

        call_command("migrate", "dealers", verbosity=0)
        assert WebhookDelivery.objects.count() == 4
        WebhookMessage.objects.update(created_at=datetime.now(UTC) - 40 * DAY)
        assert retention.apply("webhooks") == 4
        assert retention.apply("webhooks") == 0
        assert "undated" not in days()
        assert not WebhookDelivery.objects.exists()
