-- The log of webhooks in partitions by days, of messages and of their deliveries alike. The number
-- of a message begins with the day (UTC) that it was written on, so a day is a range of numbers;
-- below it come those from before there were days, and beside all a default for what is not foreseen.
CREATE OR REPLACE FUNCTION webhook_log_first_number(day date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (day - date '1970-01-01')::bigint << 40
$$;

-- Makes the partitions of a day where they are missing, filled apart and then attached: whoever
-- reads or writes the log meanwhile goes on. A day that the default has rows of stays there.
CREATE OR REPLACE FUNCTION webhook_log_add_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    low constant bigint := webhook_log_first_number(day);
    high constant bigint := webhook_log_first_number(day + 1);
    log record;
    is_taken boolean;
BEGIN
    FOR log IN
        SELECT name, number, format('%s_%s', name, to_char(day, 'YYYYMMDD')) AS partition
        FROM (VALUES
            ('dealers_webhookmessage', 'id'), ('dealers_webhookdelivery', 'message_id')
        ) AS logs (name, number)
    LOOP
        CONTINUE WHEN to_regclass(log.partition) IS NOT NULL;
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %I WHERE %I >= $1 AND %I < $2)',
            log.name || '_default', log.number, log.number
        ) INTO is_taken USING low, high;
        CONTINUE WHEN is_taken;
        EXECUTE format(
            'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
            log.partition, log.name
        );
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
            log.name, log.partition, low, high
        );
    END LOOP;
END $$;

-- Makes the days of the coming week, and drops the oldest day that is over by so many days; returns
-- how many messages went, or null where no day is over. Who calls it need not own the tables: a
-- definer's search path is fixed, so that nobody's table takes the place of the log's. It does not
-- wait long for a lock, behind which everybody would wait: the next hour tries again.
CREATE OR REPLACE FUNCTION webhook_log_roll(kept_days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    today constant date := (statement_timestamp() AT TIME ZONE 'UTC')::date;
    first_kept constant date :=
        ((statement_timestamp() - make_interval(days => kept_days)) AT TIME ZONE 'UTC')::date;
    suffix text;
    removed bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('webhook_log_roll')) THEN
        RETURN NULL;
    END IF;
    FOR ahead IN 0..7 LOOP
        PERFORM webhook_log_add_day(today + ahead);
    END LOOP;
    SELECT substr(name, length('dealers_webhookmessage') + 1) INTO suffix
    FROM (SELECT inhrelid::regclass::text AS name FROM pg_inherits
        WHERE inhparent = 'dealers_webhookmessage'::regclass) AS partition
    WHERE name ~ '_\d{8}$' AND to_date(right(name, 8), 'YYYYMMDD') < first_kept
        OR name = 'dealers_webhookmessage_undated' AND NOT EXISTS (
            SELECT FROM dealers_webhookmessage
            WHERE id < webhook_log_first_number('1970-01-02')
                AND created_at >= first_kept::timestamp AT TIME ZONE 'UTC'
        )
    ORDER BY name <> 'dealers_webhookmessage_undated', name LIMIT 1;
    IF suffix IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT count(*) FROM %I', 'dealers_webhookmessage' || suffix) INTO removed;
    EXECUTE format('DROP TABLE IF EXISTS %I', 'dealers_webhookdelivery' || suffix);
    EXECUTE format('DROP TABLE %I', 'dealers_webhookmessage' || suffix);
    RETURN removed;
END $$;

REVOKE ALL ON FUNCTION webhook_log_roll(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION webhook_log_add_day(date) FROM PUBLIC;
