"""Prepare the log of webhooks for partitions, while everybody reads and writes it.

The next migration attaches the tables as they are as the partition of all numbers below 2^40. A
constraint that is checked beforehand tells that they are, so that nothing is looked through while
the tables are locked; and so is the index built by which a delivery is found by its id.
"""

from django.db import migrations

UNDATED = "CHECK ({} < 1099511627776)"
LOGS = (("dealers_webhookmessage", "id"), ("dealers_webhookdelivery", "message_id"))
INDEX = "CREATE INDEX CONCURRENTLY dealers_webhookdelivery_by_id ON dealers_webhookdelivery (id)"
NO_INDEX = "DROP INDEX CONCURRENTLY IF EXISTS dealers_webhookdelivery_by_id"


def _bounded(table: str, number: str) -> migrations.RunSQL:
    name = f"{table}_is_undated"
    drop = f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"
    check = UNDATED.format(number)
    return migrations.RunSQL(
        [
            f"{drop}, ADD CONSTRAINT {name} {check} NOT VALID",
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
        ],
        drop,
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dealers", "0027_webhooks")]

    operations = [
        *(_bounded(*log) for log in LOGS),
        migrations.RunSQL([NO_INDEX, INDEX], NO_INDEX),
    ]
