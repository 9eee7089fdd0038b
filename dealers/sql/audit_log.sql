-- The audit log is only ever added to. What is past its time may go, by the owner of the table alone,
-- as which `audit_log_prune` runs whoever calls it; what a session sets changes nothing about that, not
-- even `session_replication_role`. `audit_kept_days` says how long that is: `grant_roles` writes it, and
-- the job of retention where that runs as the owner.
CREATE OR REPLACE FUNCTION audit_refuse_changes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND OLD.happened_at < now() - make_interval(days => public.audit_kept_days())
        AND (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = TG_RELID)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever added to';
END $$;

CREATE OR REPLACE TRIGGER audit_refuse_changes BEFORE UPDATE OR DELETE ON dealers_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_changes();
ALTER TABLE dealers_auditevent ENABLE ALWAYS TRIGGER audit_refuse_changes;

-- Deletes so many of the events that are past their time, the oldest first, and returns how many
-- went. A definer's search path is fixed, so that nobody's table takes the place of the log's.
CREATE OR REPLACE FUNCTION audit_log_prune(batch integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pruned bigint;
BEGIN
    DELETE FROM public.dealers_auditevent WHERE id IN (
        SELECT id FROM public.dealers_auditevent
        WHERE happened_at < now() - make_interval(days => public.audit_kept_days())
        ORDER BY happened_at LIMIT batch
    );
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN pruned;
END $$;

REVOKE ALL ON FUNCTION audit_log_prune(integer) FROM PUBLIC;
