"""Let runs take back what others did, and the audit log tell of runs."""

from django.db import migrations, models

_ACTS = {
    "publish": "Publish",
    "renew": "Renew",
    "release": "Release the reservation",
    "sell": "Mark sold",
    "withdraw": "Withdraw",
    "price": "Change price",
    "plan": "Start a price plan",
    "unplan": "Stop the price plan",
    "move": "Move to a branch",
    "undo": "Undo",
}


class Migration(migrations.Migration):
    dependencies = [("dealers", "0018_feed_status_word")]

    operations = [
        migrations.AlterField(
            "bulkrun", "act", models.CharField(choices=list(_ACTS.items()), max_length=8)
        ),
        migrations.AlterField(
            "auditevent",
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
                    ("bulk_changed", "Many adverts changed"),
                    ("suspended", "Dealer suspended"),
                    ("reinstated", "Dealer reinstated"),
                    ("staff_entered", "Staff opened the panel"),
                    ("staff_posted", "Staff worked in the panel"),
                    ("staff_left", "Staff left the panel"),
                ],
                max_length=24,
            ),
        ),
        migrations.RunSQL(
            migrations.RunSQL.noop,
            """
            DELETE FROM dealers_bulkrow AS row USING dealers_bulkrun AS run
                WHERE run.id = row.run_id AND run.act = 'undo';
            DELETE FROM dealers_bulkrun WHERE act = 'undo';
            """,
        ),
        migrations.RemoveConstraint("bulkrun", "bulk_run_act_is_known"),
        migrations.AddConstraint(
            "bulkrun",
            models.CheckConstraint(
                condition=models.Q(act__in=tuple(_ACTS)), name="bulk_run_act_is_known"
            ),
        ),
    ]
