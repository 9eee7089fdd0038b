"""What was done to many adverts, or to one, is asked about, goes on by itself and is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone

from dealers import bulk
from dealers.models import AuditEvent, Branch, BulkRun, Dealer, Membership, User
from listings import pricing
from listings.adverts import lifecycle
from listings.models import ChangeSet, Listing, ListingEvent, PriceSchedule
from marketplace.models import OutboxTask
from tests import make
from tests.dealers.panel.test_runs import LIST, act, choose, told

pytestmark = pytest.mark.django_db


def undo(client: Client, origin: str) -> Any:
    return client.post(f"{LIST}undo/", {"origin": origin}, follow=True)


def states() -> list[str]:
    return list(Listing.objects.order_by("pk").values_list("status", flat=True))


def work() -> None:
    """Run what is queued, as a worker does when the page is closed."""
    for row in OutboxTask.objects.filter(task="dealers.bulk.tasks.go_on").order_by("pk"):
        headers: dict[str, Any] = {"outbox_id": row.pk}
        current_app.tasks[row.task].apply(row.arguments, headers=headers, throw=True)


@pytest.mark.parametrize("action", ["publish", "sell", "withdraw"])
def test_it_asks_with_the_count_and_the_value(desk: Client, branch: Branch, action: str) -> None:
    until = timezone.now() + timedelta(days=1)
    make.live(branch=branch, price=15_495, reserved_until=until)
    make.live(branch=branch, price=10_000)
    make.draft(branch=branch, price=None)
    page = choose(desk, action, *Listing.objects.all())
    text = page.content.decode()
    assert "3 adverts" in text
    assert "£25,495" in text
    assert "1 Draft" in text or "1 draft" in text
    assert states() == ["live", "live", "draft"]
    assert not AuditEvent.objects.exists()
    work()
    assert states() == ["live", "live", "draft"]


def test_a_run_is_one_line_of_the_audit_log(desk: Client, branch: Branch, owner: User) -> None:
    rows = [make.live(branch=branch, price=10_000) for _ in range(3)]
    act(desk, "withdraw", *rows)
    event = AuditEvent.objects.get(kind="bulk_changed")
    assert (event.actor, event.dealer, event.source) == (owner, branch.dealer, "person")
    assert event.subject == "Withdraw, 3 adverts worth £30,000"
    undo(desk, BulkRun.objects.get().origin)
    last = AuditEvent.objects.filter(kind="bulk_changed").first()
    assert last is not None
    assert last.subject == "Undo: Withdraw, 3 adverts worth £30,000"
    assert "Withdraw, 3 adverts worth £30,000" in desk.get("/dealer/audit/").content.decode()


def test_a_forecourt_that_was_withdrawn_comes_back_as_it_was(desk: Client, branch: Branch) -> None:
    until = timezone.now() + timedelta(days=1)
    kept = ("status", "published_at", "expires_at", "confirmed_at", "reserved_until")
    for held in (None, until):
        make.live(branch=branch, reserved_until=held)
    make.live(branch=branch, status="withdrawn")
    before = list(Listing.objects.order_by("pk").values(*kept))
    act(desk, "withdraw", *Listing.objects.all())
    run = BulkRun.objects.get()
    table = desk.get(LIST).content.decode()
    assert f'value="{run.origin}"' in table
    page = undo(desk, run.origin)
    assert told(BulkRun.objects.latest("pk")) == [(True, "As before: status.")] * 2
    assert page.context["title"] == "Undo of Withdraw: 2 adverts"
    assert list(Listing.objects.order_by("pk").values(*kept)) == before
    assert f'value="{run.origin}"' not in desk.get(LIST).content.decode()


def test_prices_go_back_and_what_was_not_restored_is_said(desk: Client, branch: Branch) -> None:
    rows = [make.live(branch=branch, price=10_000) for _ in range(2)]
    choose(desk, "change_price", *rows)
    run = BulkRun.objects.get()
    terms = {"unit": "percent", "amount": "-50", "ending": "any"}
    desk.post(f"{LIST}run/{run.pk}/", {**terms, "previewed": "percent -50 any", "confirm": ""})
    desk.post(f"{LIST}{rows[1].pk}/price/", {"price": "4000", "seen": "5000"})
    page = undo(desk, run.origin)
    assert told(BulkRun.objects.latest("pk")) == [
        (True, "As before: price."),
        (False, "Written since, and left: price."),
    ]
    assert "Written since, and left: price." in page.content.decode()
    assert list(Listing.objects.order_by("pk").values_list("price", flat=True)) == [10_000, 4_000]


def test_an_undo_that_was_a_mistake_is_undone(desk: Client, branch: Branch) -> None:
    act(desk, "withdraw", make.live(branch=branch))
    undo(desk, BulkRun.objects.get().origin)
    assert states() == ["live"]
    undo(desk, BulkRun.objects.latest("pk").origin)
    assert states() == ["withdrawn"]


def test_it_is_undone_once_and_for_a_day(desk: Client, branch: Branch) -> None:
    act(desk, "withdraw", make.live(branch=branch))
    run = BulkRun.objects.get()
    ChangeSet.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "It is too late to undo this" in undo(desk, run.origin).content.decode()
    ChangeSet.objects.update(created_at=timezone.now() - timedelta(hours=23))
    undo(desk, run.origin)
    assert "It has been undone already." in undo(desk, run.origin).content.decode()
    assert states() == ["live"]


def test_a_colleague_can_undo_it_and_a_stranger_cannot(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    act(desk, "withdraw", make.live(branch=branch))
    origin = BulkRun.objects.get().origin
    desk.force_login(make.member(make.dealer("Other Cars")))
    assert undo(desk, origin).status_code == 404
    assert origin not in desk.get(LIST).content.decode()
    desk.force_login(make.member(dealer, "sales"))
    undo(desk, origin)
    assert states() == ["live"]


@pytest.mark.parametrize("origin", ["", "bulk_run:", "bulk_run:x", "feed_run:1", "change_set:1"])
def test_what_is_no_run_is_not_found(desk: Client, branch: Branch, origin: str) -> None:
    act(desk, "withdraw", make.live(branch=branch))
    assert undo(desk, origin).status_code == 404
    assert states() == ["withdrawn"]


def test_a_closed_page_leaves_the_rest_to_a_worker(
    desk: Client, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealers.bulk.steps.BATCH_ROWS", 2)
    act(desk, "withdraw", *[make.live(branch=branch) for _ in range(7)])
    assert states() == ["withdrawn"] * 2 + ["live"] * 5
    work()
    assert states() == ["withdrawn"] * 7
    run = BulkRun.objects.get()
    assert bulk.progress_of(run) == bulk.Progress(done=7, refused=0, waiting=0)
    sets = ChangeSet.objects.filter(origin=run.origin)
    assert sum(each.events.count() for each in sets) == 7


def test_a_worker_leaves_what_its_person_may_not_do_any_more(
    desk: Client, branch: Branch, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealers.bulk.steps.BATCH_ROWS", 1)
    act(desk, "withdraw", make.live(branch=branch), make.live(branch=branch))
    Membership.objects.filter(user=owner).delete()
    work()
    assert states() == ["withdrawn", "live"]


def test_undoing_a_run_stops_it(
    desk: Client, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealers.bulk.steps.BATCH_ROWS", 2)
    act(desk, "withdraw", *[make.live(branch=branch) for _ in range(5)])
    undo(desk, BulkRun.objects.get().origin)
    work()
    assert states() == ["live"] * 5


@pytest.mark.parametrize(("action", "what"), [("sell", "Sold"), ("withdraw", "Withdrawn")])
def test_one_sale_is_taken_back(desk: Client, branch: Branch, action: str, what: str) -> None:
    row = make.live(branch=branch, reserved_until=timezone.now() + timedelta(days=1))
    before = Listing.objects.values().get()
    page = desk.post(f"{LIST}{row.pk}/act/{action}/", follow=True)
    offered = page.context["undo"]
    assert offered["what"] == what
    page = desk.post(f"{LIST}{row.pk}/undo/", {"origin": offered["origin"]}, follow=True)
    assert f"Undone: {what.lower()}. As before: status." in page.content.decode()
    after = Listing.objects.values().get()
    assert {**after, "revision": 0, "updated_at": 0} == {**before, "revision": 0, "updated_at": 0}
    assert ListingEvent.objects.count() == 2


def test_one_price_is_taken_back(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, price=15_495)
    said = desk.post(f"{LIST}{row.pk}/price/", {"price": "14995", "seen": "15495"}).json()
    assert said["price"] == 14_995
    offered = desk.get(f"{LIST}{row.pk}/change/").context["undo"]
    desk.post(f"{LIST}{row.pk}/undo/", {"origin": offered["origin"]})
    found = Listing.objects.get()
    assert (found.price, found.locked_fields) == (15_495, [])


def test_a_change_that_another_has_followed_is_not_undone_blindly(
    desk: Client, branch: Branch
) -> None:
    row = make.live(branch=branch, price=15_495)
    desk.post(f"{LIST}{row.pk}/price/", {"price": "14995", "seen": "15495"})
    offered = desk.get(f"{LIST}{row.pk}/change/").context["undo"]
    desk.post(f"{LIST}{row.pk}/price/", {"price": "13995", "seen": "14995"})
    page = desk.post(f"{LIST}{row.pk}/undo/", {"origin": offered["origin"]}, follow=True)
    assert "Somebody has changed the advert since: nothing was undone." in page.content.decode()
    assert Listing.objects.get().price == 13_995


def schedules() -> dict[int, tuple[object, ...]]:
    found = PriceSchedule.objects.values_list("listing", "plan", "next_drop_at", "steps_applied")
    return {pk: tuple(rest) for pk, *rest in found}


def test_a_plan_that_was_started_or_stopped_is_as_before_with_its_clock(
    desk: Client, branch: Branch
) -> None:
    slow, quick = (make.price_plan(branch.dealer, name=name) for name in ("Slow", "Quick"))
    rows = [make.live(branch=branch) for _ in range(3)]
    soon = timezone.now() + timedelta(days=3)
    for row in rows[:2]:
        PriceSchedule.objects.create(listing=row, plan=slow, next_drop_at=soon, steps_applied=4)
    before = schedules()
    act(desk, "start_plan", *rows)
    started = BulkRun.objects.latest("pk")
    desk.post(f"{LIST}run/{started.pk}/", {"plan": quick.pk})
    assert {plan for plan, *_ in schedules().values()} == {quick.pk}
    assert "Start a price plan" in desk.get(LIST).content.decode()
    undo(desk, started.origin)
    assert schedules() == before
    assert told(BulkRun.objects.latest("pk"))[0] == (True, "As before: price plan.")
    act(desk, "stop_plan", *rows)
    stopped = BulkRun.objects.latest("pk")
    assert schedules() == {}
    undo(desk, stopped.origin)
    assert schedules() == before
    undo(desk, stopped.origin)
    assert schedules() == before


def test_a_plan_that_somebody_chose_since_stays_and_a_sold_car_gets_none(
    desk: Client, branch: Branch
) -> None:
    slow, quick = (make.price_plan(branch.dealer, name=name) for name in ("Slow", "Quick"))
    chosen, sold, gone = rows = [make.live(branch=branch) for _ in range(3)]
    for row in rows:
        PriceSchedule.objects.create(listing=row, plan=slow)
    act(desk, "stop_plan", *rows)
    run = BulkRun.objects.latest("pk")
    pricing.assign_plan(plan_id=quick.pk, listing_ids=[chosen.pk], actor_id=None)
    lifecycle.sell(listing_id=sold.pk, actor_id=None)
    gone.delete()
    undo(desk, run.origin)
    assert {pk: plan for pk, (plan, *_) in schedules().items()} == {chosen.pk: quick.pk}
    assert {said for _, said in told(BulkRun.objects.latest("pk"))} == {
        "Written since, and left: price plan."
    }
