"""What staff do to several adverts at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from dealers.models import User
from listings.models import Listing, ListingEvent
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/admin/listings/listing/"
SCRAP = "A car written off in category A or B may not be advertised."


def run(client: Client, action: str, *rows: Listing, **more: str) -> Any:
    chosen = [row.pk for row in rows]
    return client.post(LIST, {"action": action, "_selected_action": chosen, **more}, follow=True)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def status(row: Listing) -> str:
    return Listing.objects.values_list("status", flat=True).get(pk=row.pk)


@pytest.mark.parametrize(
    ("action", "state", "after", "text"),
    [
        ("publish", {"status": "draft"}, "live", "1 advert published."),
        ("withdraw", {}, "withdrawn", "1 advert withdrawn."),
        ("sell", {}, "sold", "1 advert marked sold."),
        ("renew", {"status": "expired"}, "live", "1 advert renewed."),
        (
            "release",
            {"reserved_until": timezone.now() + timedelta(days=1)},
            "live",
            "1 advert released.",
        ),
    ],
)
def test_an_action_goes_through_its_verb(
    admin: Client, boss: User, action: str, state: dict[str, object], after: str, text: str
) -> None:
    row = make.live(**state)
    assert said(run(admin, action, row)) == [text]
    assert status(row) == after
    event = ListingEvent.objects.get(listing=row)
    assert (event.to_status, event.actor) == (after, boss)


def test_one_refusal_never_stops_the_rest_and_is_named(admin: Client) -> None:
    first, sold, second = (
        make.draft(),
        make.live(status="sold", sold_at=timezone.now() - timedelta(days=60)),
        make.draft(),
    )
    scrap = make.draft(write_off="b")
    messages = said(run(admin, "publish", first, sold, second, scrap))
    assert messages == [
        "2 adverts published.",
        f"1 advert refused: Cannot publish: the advert is sold. (#{sold.pk} {sold.title})",
        f"1 advert refused: {SCRAP} (#{scrap.pk} {scrap.title})",
    ]
    assert [status(row) for row in (first, sold, second, scrap)] == [
        "live",
        "sold",
        "live",
        "draft",
    ]


def test_refusals_of_one_kind_are_told_together(admin: Client) -> None:
    rows = [make.draft() for _ in range(12)]
    (message,) = said(run(admin, "withdraw", *rows))
    assert message.startswith("12 adverts refused: Cannot withdraw: the advert is draft. (#")
    assert message.endswith(" and 2 more)")


def test_a_whole_list_is_bounded_and_then_nothing_is_done(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listings.admin.actions.BULK_MAX", 2)
    rows = [make.draft() for _ in range(3)]
    response = run(admin, "publish", rows[0], select_across="1")
    assert said(response) == ["Nothing was done: choose at most 2 adverts at a time."]
    assert {status(row) for row in rows} == {"draft"}


def test_a_whole_filtered_list_is_acted_on(admin: Client) -> None:
    cheap, dear = make.draft(price=1_000), make.draft(price=90_000)
    admin.post(
        f"{LIST}?price_to=5000",
        {"action": "publish", "_selected_action": [cheap.pk], "select_across": "1"},
    )
    assert (status(cheap), status(dear)) == ("live", "draft")


def test_a_rejection_asks_for_the_reason_and_keeps_it(admin: Client, boss: User) -> None:
    row, draft = make.live(), make.draft()
    page = run(admin, "reject", row, draft)
    assert status(row) == "live"
    assert f'value="{row.pk},{draft.pk}"' in page.content.decode()
    response = admin.post(
        f"{LIST}reject/", {"ids": f"{row.pk},{draft.pk}", "reason": " Stock photo "}, follow=True
    )
    assert said(response) == [
        "1 advert rejected.",
        f"1 advert refused: Cannot reject: the advert is draft. (#{draft.pk} {draft.title})",
    ]
    event = ListingEvent.objects.get(listing=row)
    assert (event.kind, event.reason, event.actor) == ("rejected", "Stock photo", boss)
    assert (status(row), status(draft)) == ("rejected", "draft")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_rejection_without_a_fit_reason_changes_nothing(admin: Client, reason: str) -> None:
    row = make.live()
    response = admin.post(f"{LIST}reject/", {"ids": str(row.pk), "reason": reason})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"reason"}
    assert status(row) == "live"


@pytest.mark.parametrize("ids", ["", "abc", "-1", "9" * 40, "1,,2"])
def test_odd_ids_reject_nothing(admin: Client, ids: str) -> None:
    row = make.live(pk=50)
    response = admin.post(f"{LIST}reject/", {"ids": ids, "reason": "Because"}, follow=True)
    assert response.status_code == 200
    assert status(row) == "live"


@pytest.fixture
def viewer(client: Client) -> Client:
    person = make.user(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_listing"))
    client.force_login(person)
    return client


@pytest.mark.parametrize("action", ["publish", "withdraw", "sell", "reject", "renew", "release"])
def test_who_may_only_look_is_offered_no_action(viewer: Client, action: str) -> None:
    row = make.live()
    assert "changelist-actions-wrapper" in viewer.get(LIST).content.decode()
    run(viewer, action, row)
    assert not ListingEvent.objects.exists()
    assert viewer.get(LIST).context["action_form"] is None


def test_who_may_only_look_cannot_post_an_action(viewer: Client) -> None:
    row = make.live()
    url = f"{LIST}{row.pk}/act/withdraw/"
    assert viewer.post(url).status_code == 403
    assert viewer.post(f"{LIST}reject/", {"ids": str(row.pk), "reason": "No"}).status_code == 403
    assert viewer.post(f"{LIST}{row.pk}/change/", {"price": "1"}).status_code == 403
    assert status(row) == "live"
    assert 'id="allowed-actions"' not in viewer.get(f"{LIST}{row.pk}/change/").content.decode()


def test_dealers_people_never_enter(client: Client) -> None:
    client.force_login(make.member(make.dealer()))
    assert client.get(LIST).status_code == 302
