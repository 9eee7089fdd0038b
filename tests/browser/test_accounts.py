"""Joining a team, signing in with a second factor and running a team, on a desk and on a phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from dealers.keys import create_key
from dealers.models import AuditEvent, Branch, Dealer, Invitation, Membership, User
from dealers.permissions import Actor
from dealers.tokens import token_hash
from tests import make
from tests.authenticator import set_up_code
from tests.browser.conftest import PASSWORD
from tests.dealers.accounts.conftest import age_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
TOKEN = "t" * 43


@pytest.fixture
def owner() -> User:
    kings = make.dealer("Kings")
    return make.member(kings, email="olga@example.com", password=PASSWORD, full_name="Olga")


def sign_in(page: Page, email: str) -> None:
    page.goto("/dealer/login/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")


def add_virtual_authenticator(page: Page, *, is_present: bool = True) -> None:
    """Give the browser a device that keeps passkeys and says that its person touched it."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": is_present,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
    assert serious == [], page.url


def test_somebody_joins_by_the_link_of_an_invitation(page: Page, owner: User) -> None:
    invitation = Invitation.objects.create(
        dealer=Dealer.objects.get(),
        email="ann@example.com",
        role="sales",
        token_hash=token_hash(TOKEN),
        expires_at=timezone.now() + timedelta(days=1),
    )
    page.goto(f"/join/{TOKEN}/")
    assert_accessible(page)
    page.fill("input[name=full_name]", "Ann Other")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Join the team").click()
    page.wait_for_load_state()
    page.get_by_role("link", name="Go to the stock").click()
    page.wait_for_url("**/dealer/")
    member = Membership.objects.get(user__email=invitation.email)
    assert (member.role, member.user.full_name) == ("sales", "Ann Other")


def test_a_second_factor_is_set_up_and_asked_for(page: Page, owner: User) -> None:
    sign_in(page, owner.email)
    page.wait_for_url("**/dealer/")
    page.goto("/dealer/account/")
    assert_accessible(page)
    page.get_by_role("button", name="Set up an authenticator").click()
    expect(page.locator("svg path").first).to_be_visible()
    assert_accessible(page)
    page.fill("input[name=code]", set_up_code(page.content()))
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator("ol code")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()

    page.context.clear_cookies()
    sign_in(page, owner.email)
    page.wait_for_url("**/sign-in/code/")
    assert_accessible(page)
    page.fill("input[name=code]", recovery)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dealer/")


def test_a_passkey_is_made_and_signs_in(page: Page, owner: User) -> None:
    add_virtual_authenticator(page)
    sign_in(page, owner.email)
    page.wait_for_url("**/dealer/")
    page.goto("/dealer/account/")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("What you call it").fill("Laptop")
    assert_accessible(page)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator("ol code")).to_have_count(10)
    page.goto("/dealer/account/")
    expect(page.get_by_text("Passkey Laptop")).to_be_visible()
    assert_accessible(page)

    page.context.clear_cookies()
    sign_in(page, owner.email)
    page.wait_for_url("**/sign-in/code/")
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/dealer/")

    page.context.clear_cookies()
    page.goto("/dealer/login/?next=/dealer/team/")
    assert_accessible(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Send the invitation")).to_be_visible()
    assert AuditEvent.objects.filter(kind="signed_in", actor=owner).count() == 3

    age_session(owner)
    page.fill("input[name=email]", "new@example.com")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    assert_accessible(page)
    assert not Invitation.objects.exists()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_text("new@example.com is invited by mail.")).to_be_visible()

    page.goto("/dealer/account/")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("It is removed.")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, owner.email)
    page.wait_for_url("**/dealer/")


def test_without_a_passkey_the_browser_says_so_and_the_password_still_works(
    page: Page, owner: User
) -> None:
    add_virtual_authenticator(page, is_present=False)
    page.goto("/dealer/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()
    sign_in(page, owner.email)
    page.wait_for_url("**/dealer/")


def test_an_owner_runs_team_keys_and_branches(page: Page, owner: User) -> None:
    dealer = Dealer.objects.get()
    sam = make.member(dealer, "owner", email="sam@example.com", full_name="Sam Sales")
    create_key(
        dealer_id=dealer.pk, actor=Actor.person(sam.pk), name="Website", scopes=["stock:read"]
    )
    sign_in(page, owner.email)
    page.wait_for_url("**/dealer/")

    page.goto("/dealer/team/")
    assert_accessible(page)
    row = page.locator("li", has_text="Sam Sales")
    row.get_by_label("Role of Sam Sales").select_option("manager")
    row.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Sam Sales is manager now.")).to_be_visible()
    page.wait_for_load_state()
    page.locator("li", has_text="Sam Sales").get_by_role("link", name="Remove").click()
    page.wait_for_load_state()
    expect(page.get_by_label("Website umk_")).to_be_checked()
    assert_accessible(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Sam Sales is out of the team. Revoked with them")).to_be_visible()

    page.goto("/dealer/keys/")
    page.get_by_label("What will use it").fill("Stock software")
    page.get_by_label("See your stock, marks included").check()
    page.get_by_label("Where it may be used from").fill("203.0.113.0/24")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator(".key-token")).to_contain_text("umk_")
    expect(page.get_by_text("Only from 203.0.113.0/24")).to_be_visible()
    assert_accessible(page)

    page.goto("/dealer/dealers/branch/add/")
    page.fill("input[name=name]", "Leeds")
    page.fill("input[name=postcode]", "LS1 4AP")
    page.get_by_label("Monday opens").fill("09:00")
    page.get_by_label("Monday closes").fill("17:30")
    assert_accessible(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/dealers/branch/")
    hours = [{"day": "monday", "opens": "09:00", "closes": "17:30"}]
    assert Branch.objects.get().opening_hours == hours

    page.goto("/dealer/audit/")
    created = page.get_by_role("listitem").filter(has_text="API key created")
    expect(created.filter(has_text="Stock software")).to_be_visible()
    expect(page.get_by_text("API key revoked")).to_be_visible()
    assert_accessible(page)
