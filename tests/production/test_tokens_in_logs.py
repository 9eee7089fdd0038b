"""Whoever reads the logs of a deployment can do nothing with what stands there."""

import pytest

from tests.marketplace.checkouts import wait_until
from tests.production.first_day import OWNER, FirstDay
from tests.production.visitor import link_in

pytestmark = pytest.mark.timeout(600)


def test_no_line_holds_a_token_whatever_happens(day: FirstDay) -> None:
    service, before = day.service, len(day.service.mails.mails)
    visitor, invited = service.visitor(), "ivy@airevalley.example"
    assert visitor.submit("/password/reset/", {"email": OWNER}).status_code == 302
    day.invite(invited)
    reset = link_in(service.wait_for_mail(OWNER, after=before), "/password/reset/")
    join = link_in(service.wait_for_mail(invited), "/join/")
    links = [reset, join, join.replace("/join/", "/renew/"), f"{join}nowhere/"]

    for link in links:  # answered, not found, refused
        visitor.get(link)
    day.system.get("/api/v1/stock/?vrm=AB15CDE")
    with service.supervisor.held("postgres"):
        statuses = {visitor.status(link) for link in (reset, join)}
    wait_until(service.is_ready)

    assert statuses == {503}
    tokens = [link.rstrip("/").rsplit("/", 1)[-1] for link in (reset, join)]
    told = service.logs()
    assert "granian" in told
    assert [secret for secret in [*tokens, *day.secrets] if secret in told] == []
