"""What a web worker has done before it takes its first request."""

import json

from tests.marketplace.checkouts import ROOT, run
from tests.marketplace.test_settings import SAFE

NOWHERE = {
    **SAFE,
    "DEBUG": "false",
    "SECURE_SSL_REDIRECT": "false",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "DATABASE_POOL_TIMEOUT": "1",
}


def test_no_request_waits_for_the_code_to_be_loaded() -> None:
    code, printed = run(ROOT, "tests.marketplace.first_request", **NOWHERE)

    assert code == 0, printed
    told = json.loads(printed.splitlines()[-1])
    assert told == {"statuses": [503, 401, 503, 503], "late": []}
