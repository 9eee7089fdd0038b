"""Reads from a real streaming standby, which is paused where a test needs it to be behind."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings

from listings import changes
from listings.changes import ChangesPosition
from listings.choices import Status
from listings.models import Listing
from listings.revisions import one_moment
from listings.search.memory.replica import Replica
from marketplace.databases.read_routes import read_alias, read_route
from marketplace.databases.standbys import Standby
from tests import make
from tests.listings.mcp.chat_client import called
from tests.listings.search.test_replica import shown
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.standby.replay import caught_up, pause, resume
from tests.marketplace.databases.standby.servers import (
    STANDBY,
    USER,
    Cluster,
)

TOKEN = "a-token-of-the-tests-that-is-long-enough"
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", STANDBY]),
    pytest.mark.slow,
    pytest.mark.usefixtures("watched"),
    pytest.mark.timeout(90),
]


def test_public_reads_are_the_standbys_and_all_else_the_primarys(standby: Cluster) -> None:
    row = make.live(price=5_000)
    dealer = row.branch.dealer
    key, person = make.key(dealer), make.member(dealer)
    pause(standby)
    Listing.objects.filter(pk=row.pk).update(price=6_000)
    anybody, signed_in = Client(), Client()
    signed_in.force_login(person)
    path = f"/api/v1/listings/{row.pk}/"
    page = anybody.get(f"/cars/{row.pk}/", follow=True).content.decode()
    own = anybody.get(f"/api/v1/stock/{row.pk}/", headers={"Authorization": f"Bearer {key}"})

    assert anybody.get(path).json()["price"] == 5_000
    assert anybody.get("/api/v1/listings/").json()["results"][0]["price"] == 5_000
    assert "£5,000" in page
    assert "£6,000" not in page
    assert own.json()["price"] == 6_000
    assert signed_in.get(path).json()["price"] == 6_000


def test_a_tool_of_chat_clients_reads_from_the_standby(standby: Cluster) -> None:
    row = make.live(price=5_000)
    pause(standby)
    Listing.objects.filter(pk=row.pk).update(price=6_000)
    answer = called(Client(), "get_car", {"id": row.pk})
    assert answer["structuredContent"]["car"]["price"] == 5_000


def test_the_primary_answers_while_a_standby_is_too_far_behind(
    standby: Cluster, watched: Standby
) -> None:
    row = make.live(price=5_000)
    with override_settings(DATABASE_REPLICA_LAG_MAX_SECONDS=1.0):
        pause(standby)
        Listing.objects.filter(pk=row.pk).update(price=6_000)
        wait_until(lambda: "behind" in watched.progress().trouble)

        with read_route() as route:
            route.open()
            assert read_alias() == "default"
        resume(standby)
        wait_until(lambda: not watched.progress().trouble)
        with read_route() as route:
            route.open()
            assert read_alias() == STANDBY
            assert Listing.objects.get(pk=row.pk).price == 6_000


def test_whoever_wrote_reads_what_was_written(standby: Cluster) -> None:
    row = make.live(price=5_000)
    pause(standby)
    with read_route() as route:
        route.open()
        read = Listing.objects.get(pk=row.pk) if read_alias() == STANDBY else row
        read.price = 6_000
        read.save(update_fields=["price"])

        assert Listing.objects.get(pk=row.pk).price == 6_000


def rounds(
    position: ChangesPosition | None, *, at: str
) -> tuple[dict[int, int | None], ChangesPosition]:
    """Read what is new at a server; return the prices by advert, None where one is gone."""
    told: dict[int, int | None] = {}
    while True:
        with read_route() as route:
            if at == STANDBY:
                route.open()
                assert route.alias == STANDBY
            page = changes.read_changes(position, 100)
        for each in page.changes:
            told[each.id] = None if each.listing is None else each.listing.price
        position = page.following
        if not page.has_more:
            return told, position


def test_a_standby_tells_each_change_once_and_a_long_transaction_when_it_ends(
    primary: Cluster, standby: Cluster
) -> None:
    rows = [make.live(price=5_000) for _ in range(3)]
    caught_up(standby)
    _, position = rounds(None, at=STANDBY)
    change = "UPDATE listings_listing SET price = %s WHERE id = %s"
    with primary.connect() as long:
        long.autocommit = False
        long.execute(change, [7_000, rows[0].pk])
        with primary.connect() as short:
            short.execute(change, [7_100, rows[1].pk])
            caught_up(standby)
            first, position = rounds(position, at=STANDBY)
            again, position = rounds(position, at=STANDBY)
            short.execute(change, [7_200, rows[2].pk])
        at_primary, position = rounds(position, at="default")
        caught_up(standby)
        after, position = rounds(position, at=STANDBY)
        long.commit()
    caught_up(standby)
    last, position = rounds(position, at=STANDBY)
    nothing, _ = rounds(position, at=STANDBY)

    assert first == {rows[1].pk: 7_100}
    assert again == {}
    assert at_primary == {rows[2].pk: 7_200}
    assert after.keys() <= {rows[2].pk}
    assert last == {rows[0].pk: 7_000}
    assert nothing == {}


def test_a_car_that_was_seen_gone_does_not_come_back(standby: Cluster) -> None:
    row = make.live()
    pause(standby)
    _, position = rounds(None, at=STANDBY)
    Listing.objects.filter(pk=row.pk).update(status=Status.WITHDRAWN)
    gone, position = rounds(position, at="default")
    nothing, position = rounds(position, at=STANDBY)  # which has not replayed that
    with read_route() as route:
        route.open()
        afresh = changes.read_changes(None, 100)

    assert gone == {row.pk: None}
    assert nothing == {}
    assert [each.id for each in afresh.changes] == [row.pk]  # to who has seen nothing before
    with read_route(after=position.log_position or 0) as route:
        route.open()
        assert read_alias() == "default"


def test_the_next_page_comes_from_who_knows_what_the_page_before_knew(
    standby: Cluster, watched: Standby
) -> None:
    cars = [make.live(price=price_) for price_ in (1_000, 2_000, 3_000)]
    path = "/api/v1/listings/?ordering=price&page_size=1"
    pause(standby)
    Listing.objects.filter(pk=cars[2].pk).update(status=Status.WITHDRAWN)
    with override_settings(DATABASE_REPLICA_LAG_MAX_SECONDS=0.001):
        wait_until(lambda: bool(watched.progress().trouble))
        first = Client().get(path).json()
    wait_until(lambda: not watched.progress().trouble)
    next_page = Client().get(first["next"]).json()
    afresh = Client().get("/api/v1/listings/").json()

    assert [each["id"] for each in next_page["results"]] == [cars[1].pk]
    assert next_page["next"] is None
    assert len(afresh["results"]) == 3  # to who has seen nothing before


def test_a_position_of_before_there_were_standbys_is_answered_by_the_primary(
    standby: Cluster,
) -> None:
    row = make.live()
    pause(standby)
    with one_moment() as moment:
        position = ChangesPosition(moment.incarnation, before=moment.snapshot)
    Listing.objects.filter(pk=row.pk).update(status=Status.WITHDRAWN)

    told, _ = rounds(position, at=STANDBY)

    assert told == {row.pk: None}


def test_a_mirror_of_many_writers_misses_nothing_at_changing_servers(
    primary: Cluster, standby: Cluster
) -> None:
    rows = [make.live(price=1_000) for _ in range(20)]
    caught_up(standby)
    mirror, position = rounds(None, at=STANDBY)

    def write(number: int) -> None:
        with primary.connect() as session:
            session.autocommit = False
            own = [row.pk for row in rows[number::4]]
            for turn in range(1, 120):
                for id_ in own[: turn % 5 + 1]:
                    session.execute(
                        "UPDATE listings_listing SET price = price + 1 WHERE id = %s", [id_]
                    )
                session.commit() if turn % 7 else session.rollback()

    with ThreadPoolExecutor(5) as threads:
        writing = [threads.submit(write, number) for number in range(4)]
        turn = 0
        while not all(each.done() for each in writing):
            turn += 1
            with read_route() as route:
                if turn % 4:
                    route.open()
                page = changes.read_changes(position, 7)
            position = page.following
            for each in page.changes:
                assert each.listing is not None
                before = mirror[each.id]
                assert before is not None
                assert (each.listing.price or 0) >= before
                mirror[each.id] = each.listing.price
    for one in writing:
        one.result()
    caught_up(standby)
    rest, position = rounds(position, at=STANDBY)  # of a round that may have begun long ago
    told, _ = rounds(position, at=STANDBY)

    assert {**mirror, **rest, **told} == dict(Listing.objects.values_list("id", "price"))


def test_the_search_replica_loads_and_follows_from_the_standby(
    standby: Cluster, watched: Standby
) -> None:
    row, other = make.live(), make.live()
    pause(standby)
    late = make.live()
    replica = Replica(every=0.05, age_max=600)
    try:
        wait_until(lambda: shown(replica) == {row.pk, other.pk})
        Listing.objects.filter(pk=other.pk).update(status=Status.WITHDRAWN)
        resume(standby)
        wait_until(lambda: shown(replica) == {row.pk, late.pk})
    finally:
        replica.stop()


def test_the_doctor_and_the_metrics_say_how_a_standby_stands(
    standby: Cluster, watched: Standby
) -> None:
    page = StringIO()
    with suppress(CommandError):  # of what else a test lacks
        call_command("doctor", stdout=page)
    fine = scraped()
    with override_settings(DATABASE_REPLICA_LAG_MAX_SECONDS=1.0):
        pause(standby)
        make.live()
        wait_until(lambda: "behind" in watched.progress().trouble)
        behind = StringIO()
        with suppress(CommandError):
            call_command("doctor", stdout=behind)
        late = scraped()

    assert "standby_1 answers" in page.getvalue()
    assert "standby_1 is left alone: It " in behind.getvalue()
    assert 'marketplace_standby_answers{standby="standby_1"} 1.0' in fine
    assert 'marketplace_standby_answers{standby="standby_1"} 0.0' in late
    assert 'marketplace_standby_lag_seconds{standby="standby_1"}' in late


@pytest.mark.usefixtures("watched")
def test_the_doctor_finds_a_slot_that_keeps_the_log_for_nobody() -> None:
    name = "slot_of_nobody"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [name])
    pages = StringIO(), StringIO()
    try:
        with suppress(CommandError):
            call_command("doctor", stdout=pages[0])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_drop_replication_slot(%s)", [name])
    with suppress(CommandError):
        call_command("doctor", stdout=pages[1])
    found = [name in page.getvalue() for page in pages]
    assert found == [True, False]


def scraped() -> str:
    """Return the metrics, as of a request that was answered just now."""
    with override_settings(METRICS_TOKEN=TOKEN):
        visitor = Client()
        visitor.get("/api/v1/makes/")
        answer = visitor.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    return answer.content.decode()


def test_the_role_of_web_processes_may_see_what_a_standby_streams(
    primary: Cluster, standby: Cluster
) -> None:
    with primary.connect() as session:
        session.execute("CREATE ROLE web_of_test LOGIN")
        session.execute("CREATE ROLE worker_of_test LOGIN")
    call_command("grant_roles", web="web_of_test", worker="worker_of_test", stdout=StringIO())
    caught_up(standby)
    asked = "SELECT received_tli FROM pg_stat_wal_receiver"
    seen = []
    for role in ("web_of_test", "worker_of_test"):
        with psycopg.connect(standby.url.replace(USER, role, 1)) as session:
            seen.append(session.execute(asked).fetchone())

    assert seen == [(1,), (None,)]
