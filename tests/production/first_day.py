"""The first day of a marketplace: the documented first steps, then what an owner does by hand."""

import secrets
from dataclasses import dataclass
from typing import Any

from tests.marketplace.checkouts import wait_until
from tests.production.deployment import Deployment, first_steps
from tests.production.visitor import Visitor, link_in

STAFF = "ada@example.com"
OWNER = "olga@airevalley.example"
PLAN = {
    "name": "Every week",
    "after_days": "14",
    "every_days": "7",
    "drop": "10",
    "unit": "percent",
    "floor": "1000",
    "ending": "any",
}
FIRST_CARS = 30
TEAM = "/dealer/team/"
FEEDS = "/dealer/dealers/stockfeed/"
PLANS = "/dealer/listings/priceplan/"
HEADING = "stock_ref,make,model,derivative,year,price,mileage,fuel,transmission"


@dataclass
class FirstDay:
    """Who is there after it, and what nobody may find in a log."""

    service: Deployment
    owner: Visitor
    key: str
    feed: int
    staff_password: str
    secrets: list[str]

    @property
    def system(self) -> Visitor:
        """The dealer's own system."""
        return self.service.visitor(self.key)

    def send(self, stock: bytes) -> str:
        """Send a file of stock; return the address of its run."""
        answer = self.system.call("POST", f"/api/v1/feeds/{self.feed}/runs/", content=stock)
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"])

    def run(self, address: str) -> dict[str, Any]:
        run: dict[str, Any] = self.system.json("GET", address)
        return run

    def is_done(self, address: str) -> bool:
        run = self.run(address)
        assert run["state"] not in ("failed", "held", "dropped"), run
        return bool(run["state"] == "done")

    def invite(self, email: str) -> None:
        """Have the owner ask somebody into the team, by mail."""
        answer = self.owner.submit(TEAM, {"email": email, "role": "sales"})
        assert answer.status_code == 302, answer.text

    def listing_id(self, ref: str) -> int:
        found = self.service.sql("SELECT id FROM listings_listing WHERE stock_ref = %s", ref)
        assert found, self.service.sql("SELECT stock_ref, status FROM listings_listing LIMIT 5")
        return int(found[0][0])


def begin(service: Deployment) -> FirstDay:
    password = secrets.token_urlsafe(12)
    given = {"$EMAIL": STAFF, "$PASSWORD": password}
    printed = [_docker_compose_exec(service, words, given) for words in first_steps()]
    key = printed[-1].strip()
    owner, link, own_password = _join(service)
    _add_plan(service, owner)
    feed = _add_feed(owner)
    session = owner.cookies["__Host-sessionid"]
    hidden = [password, own_password, key, link, session]
    day = FirstDay(service, owner, key, feed, password, hidden)
    _confirm_columns(day)
    return day


def stock(prefix: str, count: int, *, price: int = 9_000) -> bytes:
    """Return a file of so many cars, whose references begin with `prefix`."""
    rows = [
        f"{prefix}{n},Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2015,{price + n},"
        f"{60_000 + n},Diesel,Automatic"
        for n in range(count)
    ]
    return "\n".join([HEADING, *rows, ""]).encode()


def _docker_compose_exec(service: Deployment, words: list[str], given: dict[str, str]) -> str:
    if words[:3] != ["docker", "compose", "exec"]:
        assert words[:3] == ["docker", "compose", "up"]  # what `deployed` has done
        return ""
    rest, variables = words[3:], {}
    while rest[0] == "-e":
        name, _, value = rest[1].partition("=")
        variables[name] = given[value]
        rest = rest[2:]
    return service.run(rest[0], *rest[1:], **variables)


def _join(service: Deployment) -> tuple[Visitor, str, str]:
    """Join by the link in the mail, which signs in; return the owner, its link and password."""
    link = link_in(service.wait_for_mail(OWNER), "/join/")
    password = secrets.token_urlsafe(12)
    owner = service.visitor()
    names = {"full_name": "Olga", "password": password}
    assert owner.submit(link, names).status_code in (200, 302)
    assert owner.get("/dealer/").status_code == 200
    return owner, link.rstrip("/").rsplit("/", 1)[-1], password


def _add_plan(service: Deployment, owner: Visitor) -> None:
    assert owner.submit(f"{PLANS}add/", PLAN).status_code == 302
    ((plan,),) = service.sql("SELECT id FROM listings_priceplan")
    chosen = {"action": "make_default", "_selected_action": str(plan)}
    token = {"csrfmiddlewaretoken": owner.cookies["__Host-csrftoken"]}
    origin = {"Origin": "https://cars.example.com"}
    assert owner.call("POST", PLANS, data=chosen | token, headers=origin).status_code == 302


def _add_feed(owner: Visitor) -> int:
    fields = {"name": "Main stock", "publishes": "on", "mode": "delta"}
    answer = owner.submit(f"{FEEDS}add/", fields)
    assert answer.status_code == 302, answer.text
    return int(answer.headers["Location"].split("/")[-3])


def _confirm_columns(day: FirstDay) -> None:
    """Send a first file, say that its columns mean what is suggested, and have it applied."""
    first = day.send(stock("FIRST-", FIRST_CARS))
    wait_until(lambda: day.run(first)["state"] == "held")
    day.system.json("PUT", f"/api/v1/feeds/{day.feed}/mapping/", {})
    day.system.json("POST", f"{first}approve/")
    wait_until(lambda: day.is_done(first))
    report = day.system.json("GET", f"{first}rows/")["results"]
    assert {row["outcome"] for row in report} == {"created"}, report[:3]
