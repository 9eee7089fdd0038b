"""What a mirror meets after a dump was loaded into a new cluster; run there by itself.

Arguments: the dump, psql, and the cursor that the mirror has from the old cluster. Prints JSON.
"""

import json
import os
import subprocess
import sys

import django
from django.db import connection
from django.test import Client


def main() -> None:
    dump, psql, after = sys.argv[1:]
    subprocess.run(
        [psql, "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, "-d", os.environ["DATABASE_URL"]],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    django.setup()
    sys.stdout.write(json.dumps(_story(after)))


def _story(after: str) -> dict[str, object]:
    from listings.models import Listing  # noqa: PLC0415 - only once Django is set up
    from listings.periodic import tend_changes  # noqa: PLC0415 - likewise
    from tests.listings.changes.mirrors import URL, Mirror  # noqa: PLC0415 - likewise

    def is_from_the_future() -> list[bool]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT revision >= pg_snapshot_xmax(pg_current_snapshot())"
                " FROM listings_listing ORDER BY id"
            )
            return [row[0] for row in cursor.fetchall()]

    mirror = Mirror(Client())
    refused = mirror.client.get(URL, {"after": after})
    first, second = Listing.objects.order_by("pk").values_list("pk", flat=True)[:2]
    story: dict[str, object] = {
        "refused": [refused.status_code, refused.json()["code"]],
        "is from the future": is_from_the_future(),
        "stock": mirror.catch_up(size=2),
        "nothing": mirror.catch_up(),
    }
    Listing.objects.filter(pk=first).update(price=1)
    Listing.objects.filter(pk=second).update(status="withdrawn")
    story["changed"] = mirror.catch_up()
    tend_changes()
    story["restamped"] = mirror.catch_up()
    story["nothing more"] = mirror.catch_up()
    story["is still"] = is_from_the_future()
    return story


if __name__ == "__main__":
    main()
