-- Forgets what is old in the audit log, and nothing else. A definer's search path is fixed, so that
-- nobody's table takes the place of the log's. `grant_roles` fills in the days.
CREATE OR REPLACE FUNCTION public.audit_prune(batch integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    pruned bigint;
BEGIN
    PERFORM set_config('marketplace.prunes_audit', 'yes', true);
    DELETE FROM dealers_auditevent WHERE id IN (
        SELECT id FROM dealers_auditevent
        WHERE happened_at < now() - make_interval(days => {days}) ORDER BY happened_at LIMIT batch
    );
    GET DIAGNOSTICS pruned = ROW_COUNT;
    PERFORM set_config('marketplace.prunes_audit', '', true);
    RETURN pruned;
END $$
