"""What is done to many adverts at once, and what is said about each."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test import Client
from django.utils import timezone

from dealers import bulk
from dealers.models import Branch, BulkRun, Dealer, User
from dealers.permissions import SYSTEM
from listings.models import Listing, ListingEvent, PriceChange, PriceSchedule
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/dealer/listings/listing/"
BREAK = """
    CREATE FUNCTION power_out() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the power is out'; END $$;
    CREATE TRIGGER power_out AFTER UPDATE ON dealers_bulkrow
        FOR EACH STATEMENT EXECUTE FUNCTION power_out();
"""


def act(client: Client, action: str, *rows: Listing, **more: str) -> Any:
    """Choose an action, and say yes where it asks first."""
    page = choose(client, action, *rows, **more)
    if action in ("publish", "sell", "withdraw") and "/run/" in page.request["PATH_INFO"]:
        return client.post(page.request["PATH_INFO"], follow=True)
    return page


def choose(client: Client, action: str, *rows: Listing, **more: str) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(LIST, data, follow=True)


def told(run: BulkRun) -> list[tuple[bool | None, str]]:
    return list(run.rows.order_by("listing_id").values_list("is_done", "said"))


@pytest.mark.parametrize(
    ("action", "state", "after", "text"),
    [
        ("publish", {"status": "draft"}, "live", "Published."),
        ("withdraw", {}, "withdrawn", "Withdrawn."),
        ("sell", {}, "sold", "Marked sold."),
        ("renew", {"status": "expired"}, "live", "Renewed."),
        (
            "release",
            {"reserved_until": timezone.now() + timedelta(days=1)},
            "live",
            "Released.",
        ),
    ],
)
def test_an_action_goes_through_its_verb_and_says_so(
    desk: Client, branch: Branch, action: str, state: Any, after: str, text: str
) -> None:
    row = make.live(branch=branch, **state)
    page = act(desk, action, row).content.decode()
    assert text in page
    row.refresh_from_db()
    assert row.status == after
    assert ListingEvent.objects.get(listing=row).actor == BulkRun.objects.get().actor


def test_each_refusal_is_told_with_its_advert(desk: Client, branch: Branch) -> None:
    good, sold = (
        make.draft(branch=branch),
        make.live(branch=branch, status="sold", sold_at=timezone.now() - timedelta(days=60)),
    )
    scrap = make.draft(branch=branch, write_off="b")
    page = act(desk, "publish", good, sold, scrap)
    run = BulkRun.objects.get()
    assert told(run) == [
        (True, "Published."),
        (False, "Cannot publish: the advert is sold."),
        (False, "A car written off in category A or B may not be advertised."),
    ]
    assert [page.context["progress"].done, page.context["progress"].refused] == [1, 2]


def change_price(client: Client, run: BulkRun, **terms: str) -> Any:
    data = {"unit": "percent", "amount": "-5", "ending": "any", **terms}
    return client.post(f"{LIST}run/{run.pk}/", data, follow=True)


def test_a_change_of_price_is_previewed_then_confirmed(
    desk: Client, branch: Branch, owner: User
) -> None:
    row, poa = make.live(branch=branch, price=10_000), make.live(branch=branch, price=None)
    act(desk, "change_price", row, poa)
    run = BulkRun.objects.get()
    page = change_price(desk, run)
    preview = page.context["preview"]
    assert (preview.changed, preview.refused, preview.before, preview.after) == (
        1,
        1,
        10_000,
        9_500,
    )
    row.refresh_from_db()
    assert row.price == 10_000

    change_price(desk, run, previewed="percent -5 any", confirm="")
    row.refresh_from_db()
    assert row.price == 9_500
    assert told(run) == [
        (True, "£10,000 → £9,500"),
        (False, "It has no price to change: it is on application."),
    ]
    change = PriceChange.objects.filter(listing=row).last()
    assert change is not None
    assert (change.reason, change.actor) == ("bulk", owner)


def test_what_was_not_previewed_is_not_confirmed(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, price=10_000)
    act(desk, "change_price", row)
    run = BulkRun.objects.get()
    page = change_price(desk, run, amount="-50", previewed="percent -5 any", confirm="")
    assert page.context["preview"].after == 5_000
    row.refresh_from_db()
    assert row.price == 10_000


@pytest.mark.parametrize("amount", ["", "0", "x", "-95", "501"])
def test_a_change_that_makes_no_sense_is_refused(desk: Client, branch: Branch, amount: str) -> None:
    act(desk, "change_price", make.live(branch=branch))
    page = change_price(desk, BulkRun.objects.get(), amount=amount, confirm="")
    assert page.context["form"].errors.keys() == {"amount"}


def test_adverts_start_a_plan_and_stop_it(desk: Client, branch: Branch, dealer: Dealer) -> None:
    plan = make.price_plan(dealer, name="Slow")
    row, sold = (
        make.live(branch=branch),
        make.live(branch=branch, status="sold", sold_at=timezone.now()),
    )
    page = act(desk, "start_plan", row, sold)
    assert "Slow" in page.content.decode()
    run = BulkRun.objects.get()
    desk.post(f"{LIST}run/{run.pk}/", {"plan": plan.pk})
    assert told(run) == [(True, "Put on Slow."), (False, "A sold advert goes on no price plan.")]
    assert PriceSchedule.objects.get().listing == row

    act(desk, "stop_plan", row, sold)
    assert told(BulkRun.objects.latest("pk")) == [
        (True, "Taken off Slow."),
        (False, "It is on no price plan."),
    ]
    assert not PriceSchedule.objects.exists()


def test_adverts_move_to_another_branch(desk: Client, branch: Branch, dealer: Dealer) -> None:
    there = make.branch(dealer, name="The Other Yard")
    row, already = make.live(branch=branch), make.live(branch=there)
    act(desk, "move", row, already)
    run = BulkRun.objects.get()
    desk.post(f"{LIST}run/{run.pk}/", {"branch": there.pk})
    assert told(run) == [(True, "Moved to The Other Yard."), (False, "It is there already.")]
    row.refresh_from_db()
    assert row.branch == there


@pytest.mark.parametrize(("action", "name"), [("move", "branch"), ("start_plan", "plan")])
def test_a_foreign_choice_is_refused(desk: Client, branch: Branch, action: str, name: str) -> None:
    act(desk, action, make.live(branch=branch))
    foreign = make.branch() if name == "branch" else make.price_plan(make.dealer())
    page = desk.post(f"{LIST}run/{BulkRun.objects.get().pk}/", {name: foreign.pk})
    assert page.context["form"].errors.keys() == {name}


def test_a_whole_filtered_table_is_acted_on(desk: Client, branch: Branch) -> None:
    cheap, dear = make.draft(branch=branch, price=1_000), make.draft(branch=branch)
    data = {"action": "publish", "_selected_action": [cheap.pk], "select_across": "1"}
    desk.post(f"{LIST}?price_to=5000", data)
    desk.post(f"{LIST}run/{BulkRun.objects.get().pk}/")
    states = dict(Listing.objects.values_list("pk", "status"))
    assert states == {cheap.pk: "live", dear.pk: "draft"}


@pytest.fixture
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealers.bulk.steps.BATCH_ROWS", 2)


@pytest.mark.usefixtures("_small_batches")
def test_a_long_run_goes_on_step_by_step_and_can_be_stopped(desk: Client, branch: Branch) -> None:
    rows = [make.draft(branch=branch) for _ in range(7)]
    page = act(desk, "publish", *rows)
    assert page.context["progress"].waiting == 5
    run = BulkRun.objects.get()
    answer = desk.post(f"{LIST}run/{run.pk}/step/", headers={"accept": "application/json"})
    assert answer.json() == {"done": 4, "refused": 0, "waiting": 3}
    desk.post(f"{LIST}run/{run.pk}/stop/")
    answer = desk.post(f"{LIST}run/{run.pk}/step/", headers={"accept": "application/json"})
    assert answer.json() == {"done": 4, "refused": 0, "waiting": 3}
    states = list(Listing.objects.order_by("pk").values_list("status", flat=True))
    assert states == ["live"] * 4 + ["draft"] * 3


@pytest.mark.usefixtures("_small_batches")
def test_a_step_that_breaks_leaves_nothing_half_done(desk: Client, branch: Branch) -> None:
    rows = [make.live(branch=branch, price=10_000) for _ in range(4)]
    act(desk, "change_price", *rows)
    run = BulkRun.objects.get()
    bulk.state_terms(
        run_id=run.pk, terms={"unit": "pounds", "amount": -100, "ending": "any"}, actor=SYSTEM
    )
    bulk.take_step(run_id=run.pk, actor=SYSTEM)

    with connection.cursor() as cursor:
        cursor.execute(BREAK)
    with pytest.raises(ProgrammingError, match="the power is out"):
        bulk.take_step(run_id=run.pk, actor=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER power_out ON dealers_bulkrow")
    prices = list(Listing.objects.order_by("pk").values_list("price", flat=True))
    assert prices == [9_900, 9_900, 10_000, 10_000]
    assert ListingEvent.objects.count() == 2

    assert bulk.take_step(run_id=run.pk, actor=SYSTEM) == bulk.Progress(
        done=4, refused=0, waiting=0
    )
    assert set(Listing.objects.values_list("price", flat=True)) == {9_900}
    assert ListingEvent.objects.count() == 4


def test_a_run_is_the_persons_who_began_it(desk: Client, branch: Branch, dealer: Dealer) -> None:
    act(desk, "change_price", make.live(branch=branch))
    run = BulkRun.objects.get()
    desk.force_login(make.member(dealer))
    assert desk.get(f"{LIST}run/{run.pk}/").status_code == 404
    assert desk.post(f"{LIST}run/{run.pk}/step/").status_code == 404


def test_old_runs_are_forgotten(desk: Client, branch: Branch, dealer: Dealer, owner: User) -> None:
    old = BulkRun.objects.create(
        dealer=dealer, actor=owner, act="sell", created_at=timezone.now() - timedelta(days=31)
    )
    act(desk, "publish", make.draft(branch=branch))
    assert not BulkRun.objects.filter(pk=old.pk).exists()


def exported(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_the_stock_is_exported_without_a_formula(desk: Client, branch: Branch) -> None:
    make.live(branch=branch, stock_ref="=1+1", vrm="AB15CDE", derivative="+cmd|' /C calc'!A0")
    row = make.draft(branch=branch, price=None, stock_ref="@S2")
    response = desk.post(
        LIST, {"action": "export", "_selected_action": [row.pk], "select_across": "1"}
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    head, first, second = exported(response)
    assert head[:6] == ["Stock ref", "Mark", "Advert", "Year", "Price", "Mileage"]
    assert first[:2] == ["'=1+1", "AB15CDE"]
    assert first[4:8] == ["33999", "72253", "Live", "0"]
    assert second[0] == "'@S2"
    assert second[4:9] == ["", "72253", "Draft", "", ""]


def test_sales_neither_export_nor_see_that_one_could(
    client: Client, dealer: Dealer, branch: Branch
) -> None:
    row = make.live(branch=branch)
    client.force_login(make.member(dealer, "sales"))
    assert "Export as CSV" not in client.get(LIST).content.decode()
    response = client.post(LIST, {"action": "export", "_selected_action": [row.pk]})
    assert not response.get("Content-Type", "").startswith("text/csv")
    assert "Mark sold" in client.get(LIST).content.decode()


def test_people_of_a_suspended_dealer_look_and_change_nothing(client: Client) -> None:
    dealer = make.dealer(is_active=False)
    row = make.draft(branch=make.branch(dealer))
    client.force_login(make.member(dealer))
    assert row.title in client.get(LIST).content.decode()
    act(client, "publish", row)
    assert client.post(f"{LIST}{row.pk}/act/publish/").status_code == 404
    assert client.post(f"{LIST}{row.pk}/price/", {"price": "1"}).status_code == 404
    assert client.get(f"{LIST}add/").status_code == 403
    row.refresh_from_db()
    assert (row.status, row.price) == ("draft", 33_999)
    assert not BulkRun.objects.exists()
