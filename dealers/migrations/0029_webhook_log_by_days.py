"""Keep the log of webhooks in partitions by days, which are dropped and not deleted row by row.

No row is copied: the tables as they are become the partition of what has no day, and the locks are
held for as long as it takes to write the catalogue. The way back copies all rows.

A message's number is its day and 40 bits that go on from what was: 1099511627775 is 2^40 - 1.
"""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.databases.stored_sql import InstallSql

_SET_ASIDE = """
LOCK TABLE dealers_webhookmessage, dealers_webhookdelivery IN ACCESS EXCLUSIVE MODE;

ALTER TABLE dealers_webhookdelivery
    DROP CONSTRAINT IF EXISTS dealers_webhookdeliv_message_id_00beb939_fk_dealers_w;
ALTER TABLE dealers_webhookmessage RENAME TO dealers_webhookmessage_undated;
ALTER TABLE dealers_webhookmessage_undated
    RENAME CONSTRAINT dealers_webhookmessage_pkey TO dealers_webhookmessage_undated_pkey;
ALTER INDEX webhook_message_of_dealer RENAME TO webhook_message_undated_of_dealer;
ALTER INDEX webhook_message_subject RENAME TO webhook_message_undated_subject;
ALTER INDEX webhook_message_oldest RENAME TO webhook_message_undated_oldest;
ALTER TABLE dealers_webhookdelivery RENAME TO dealers_webhookdelivery_undated;
ALTER TABLE dealers_webhookdelivery_undated
    RENAME CONSTRAINT dealers_webhookdelivery_pkey TO dealers_webhookdelivery_undated_pkey;
ALTER TABLE dealers_webhookdelivery_undated
    RENAME CONSTRAINT webhook_message_goes_once_to_an_endpoint
    TO undated_webhook_message_goes_once_to_an_endpoint;
ALTER INDEX dealers_webhookdelivery_message_id_00beb939
    RENAME TO dealers_webhookdelivery_undated_message_id;
ALTER INDEX dealers_webhookdelivery_by_id RENAME TO dealers_webhookdelivery_undated_by_id;
ALTER INDEX webhook_waiting RENAME TO webhook_undated_waiting;
ALTER TABLE dealers_webhookmessage_undated ALTER id DROP IDENTITY;
ALTER TABLE dealers_webhookdelivery_undated ALTER id DROP IDENTITY;
"""

_PARTITIONED = """
CREATE TABLE dealers_webhookmessage
    (LIKE dealers_webhookmessage_undated INCLUDING DEFAULTS) PARTITION BY RANGE (id);
CREATE SEQUENCE dealers_webhookmessage_id_seq OWNED BY dealers_webhookmessage.id;
SELECT setval('dealers_webhookmessage_id_seq', coalesce(max(id), 0) + 1, false)
    FROM dealers_webhookmessage_undated;
ALTER TABLE dealers_webhookmessage
    ALTER id SET DEFAULT
        (floor(extract(epoch FROM statement_timestamp()) / 86400)::bigint << 40)
        | (nextval('dealers_webhookmessage_id_seq') & 1099511627775),
    ADD CONSTRAINT dealers_webhookmessage_pkey PRIMARY KEY (id),
    ADD CONSTRAINT dealers_webhookmessage_dealer_id_e681772a_fk_dealers_dealer_id
        FOREIGN KEY (dealer_id) REFERENCES dealers_dealer (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX webhook_message_of_dealer ON dealers_webhookmessage (dealer_id, created_at);
CREATE INDEX webhook_message_subject ON dealers_webhookmessage (dealer_id, subject, type);
CREATE INDEX webhook_message_oldest ON dealers_webhookmessage (created_at);

CREATE TABLE dealers_webhookdelivery
    (LIKE dealers_webhookdelivery_undated INCLUDING DEFAULTS) PARTITION BY RANGE (message_id);
CREATE SEQUENCE dealers_webhookdelivery_id_seq OWNED BY dealers_webhookdelivery.id;
SELECT setval('dealers_webhookdelivery_id_seq', coalesce(max(id), 0) + 1, false)
    FROM dealers_webhookdelivery_undated;
ALTER TABLE dealers_webhookdelivery
    ALTER id SET DEFAULT nextval('dealers_webhookdelivery_id_seq'),
    ADD CONSTRAINT dealers_webhookdelivery_answer_status_check CHECK (answer_status >= 0),
    ADD CONSTRAINT dealers_webhookdelivery_attempts_check CHECK (attempts >= 0),
    ADD CONSTRAINT dealers_webhookdelivery_milliseconds_check CHECK (milliseconds >= 0),
    ADD CONSTRAINT webhook_message_goes_once_to_an_endpoint UNIQUE (endpoint_id, message_id),
    ADD CONSTRAINT dealers_webhookdeliv_endpoint_id_5ba32c81_fk_dealers_w
        FOREIGN KEY (endpoint_id) REFERENCES dealers_webhookendpoint (id)
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX dealers_webhookdelivery_message_id_00beb939 ON dealers_webhookdelivery (message_id);
CREATE INDEX dealers_webhookdelivery_by_id ON dealers_webhookdelivery (id);
CREATE INDEX webhook_waiting ON dealers_webhookdelivery (endpoint_id, subject, message_id)
    WHERE state = 'waiting';

ALTER TABLE dealers_webhookmessage ATTACH PARTITION dealers_webhookmessage_undated
    FOR VALUES FROM (MINVALUE) TO (1099511627776);
ALTER TABLE dealers_webhookdelivery ATTACH PARTITION dealers_webhookdelivery_undated
    FOR VALUES FROM (MINVALUE) TO (1099511627776);
ALTER TABLE dealers_webhookmessage_undated DROP CONSTRAINT dealers_webhookmessage_is_undated;
ALTER TABLE dealers_webhookdelivery_undated DROP CONSTRAINT dealers_webhookdelivery_is_undated;
CREATE TABLE dealers_webhookmessage_default PARTITION OF dealers_webhookmessage DEFAULT;
CREATE TABLE dealers_webhookdelivery_default PARTITION OF dealers_webhookdelivery DEFAULT;
"""

# Numbers lose their days and keep their order: no two messages have the same without.
_ONE_TABLE = """
LOCK TABLE dealers_webhookmessage, dealers_webhookdelivery IN ACCESS EXCLUSIVE MODE;

ALTER TABLE dealers_webhookmessage RENAME TO dealers_webhookmessage_dated;
CREATE TABLE dealers_webhookmessage (LIKE dealers_webhookmessage_dated INCLUDING DEFAULTS);
ALTER TABLE dealers_webhookmessage ALTER id DROP DEFAULT;
INSERT INTO dealers_webhookmessage SELECT * FROM dealers_webhookmessage_dated ORDER BY id;
UPDATE dealers_webhookmessage SET id = id & 1099511627775 WHERE id > 1099511627775;
ALTER TABLE dealers_webhookdelivery RENAME TO dealers_webhookdelivery_dated;
CREATE TABLE dealers_webhookdelivery (LIKE dealers_webhookdelivery_dated INCLUDING DEFAULTS);
ALTER TABLE dealers_webhookdelivery ALTER id DROP DEFAULT;
INSERT INTO dealers_webhookdelivery SELECT * FROM dealers_webhookdelivery_dated ORDER BY id;
UPDATE dealers_webhookdelivery SET message_id = message_id & 1099511627775
    WHERE message_id > 1099511627775;
DROP TABLE dealers_webhookdelivery_dated, dealers_webhookmessage_dated;

ALTER TABLE dealers_webhookmessage
    ALTER id ADD GENERATED BY DEFAULT AS IDENTITY,
    ADD CONSTRAINT dealers_webhookmessage_pkey PRIMARY KEY (id),
    ADD CONSTRAINT dealers_webhookmessage_dealer_id_e681772a_fk_dealers_dealer_id
        FOREIGN KEY (dealer_id) REFERENCES dealers_dealer (id) DEFERRABLE INITIALLY DEFERRED;
SELECT setval(pg_get_serial_sequence('dealers_webhookmessage', 'id'), coalesce(max(id), 0) + 1,
    false) FROM dealers_webhookmessage;
CREATE INDEX webhook_message_of_dealer ON dealers_webhookmessage (dealer_id, created_at);
CREATE INDEX webhook_message_subject ON dealers_webhookmessage (dealer_id, subject, type);
CREATE INDEX webhook_message_oldest ON dealers_webhookmessage (created_at);
ALTER TABLE dealers_webhookdelivery
    ALTER id ADD GENERATED BY DEFAULT AS IDENTITY,
    ADD CONSTRAINT dealers_webhookdelivery_pkey PRIMARY KEY (id),
    ADD CONSTRAINT dealers_webhookdelivery_answer_status_check CHECK (answer_status >= 0),
    ADD CONSTRAINT dealers_webhookdelivery_attempts_check CHECK (attempts >= 0),
    ADD CONSTRAINT dealers_webhookdelivery_milliseconds_check CHECK (milliseconds >= 0),
    ADD CONSTRAINT webhook_message_goes_once_to_an_endpoint UNIQUE (endpoint_id, message_id),
    ADD CONSTRAINT dealers_webhookdeliv_endpoint_id_5ba32c81_fk_dealers_w
        FOREIGN KEY (endpoint_id) REFERENCES dealers_webhookendpoint (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT dealers_webhookdeliv_message_id_00beb939_fk_dealers_w
        FOREIGN KEY (message_id) REFERENCES dealers_webhookmessage (id)
        DEFERRABLE INITIALLY DEFERRED;
SELECT setval(pg_get_serial_sequence('dealers_webhookdelivery', 'id'), coalesce(max(id), 0) + 1,
    false) FROM dealers_webhookdelivery;
CREATE INDEX dealers_webhookdelivery_message_id_00beb939 ON dealers_webhookdelivery (message_id);
CREATE INDEX dealers_webhookdelivery_by_id ON dealers_webhookdelivery (id);
CREATE INDEX webhook_waiting ON dealers_webhookdelivery (endpoint_id, subject, message_id)
    WHERE state = 'waiting';
"""

_NO_FUNCTIONS = """
DROP FUNCTION webhook_log_roll;
DROP FUNCTION webhook_log_add_day;
DROP FUNCTION webhook_log_first_number;
"""


class Migration(migrations.Migration):
    dependencies = [("dealers", "0028_numbers_of_the_webhook_log")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(_SET_ASIDE + _PARTITIONED, _ONE_TABLE)],
            [
                migrations.AlterField(
                    "webhookdelivery",
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="dealers.webhookmessage",
                    ),
                )
            ],
        ),
        InstallSql("dealers", "webhook_log", before=_NO_FUNCTIONS),
        migrations.RunSQL("SELECT webhook_log_roll(365000)", migrations.RunSQL.noop),
    ]
