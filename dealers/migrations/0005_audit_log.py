"""Who changed a team, its keys and the ways to sign in; rows are only ever added."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION audit_refuse_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('marketplace.prunes_audit', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever added to';
END $$;

CREATE TRIGGER audit_refuse_changes BEFORE UPDATE OR DELETE ON dealers_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_changes();
"""

MUTABLE = """
DROP TRIGGER audit_refuse_changes ON dealers_auditevent;
DROP FUNCTION audit_refuse_changes;
"""


class Migration(migrations.Migration):
    dependencies = [("dealers", "0004_panel_work")]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("locked_out", "Locked out after wrong passwords"),
                            ("password_reset_sent", "Password reset sent"),
                            ("password_changed", "Password changed"),
                            ("password_set_by_staff", "Password set by staff"),
                            ("session_ended", "Session ended"),
                            ("second_factor_on", "Second factor switched on"),
                            ("second_factor_off", "Second factor switched off"),
                            ("recovery_codes_made", "New recovery codes"),
                            ("recovery_code_used", "Signed in by a recovery code"),
                            ("invited", "Invited"),
                            ("invitation_withdrawn", "Invitation withdrawn"),
                            ("joined", "Joined the team"),
                            ("role_changed", "Role changed"),
                            ("removed", "Removed from the team"),
                            ("left", "Left the team"),
                            ("key_created", "API key created"),
                            ("key_revoked", "API key revoked"),
                            ("branch_changed", "Branch changed"),
                            ("dealer_changed", "Dealer changed"),
                            ("user_changed", "Person changed"),
                            ("suspended", "Dealer suspended"),
                            ("reinstated", "Dealer reinstated"),
                        ],
                        max_length=24,
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="what")),
                (
                    "changes",
                    models.JSONField(
                        help_text="Fields, each with its value before and after.", null=True
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("address", models.CharField(blank=True, max_length=50, verbose_name="from")),
                (
                    "happened_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="when"
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["dealer", "id"], name="audit_of_dealer"),
                    models.Index(fields=["actor", "id"], name="audit_of_person"),
                    models.Index(fields=["happened_at"], name="audit_oldest"),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, MUTABLE),
    ]
