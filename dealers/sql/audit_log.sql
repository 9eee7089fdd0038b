-- The audit log is only ever added to; `audit_prune` alone forgets what is old.
CREATE OR REPLACE FUNCTION audit_refuse_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('marketplace.prunes_audit', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever added to';
END $$;

CREATE OR REPLACE TRIGGER audit_refuse_changes BEFORE UPDATE OR DELETE ON dealers_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_changes();
