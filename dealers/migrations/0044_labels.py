"""Words of choices and labels, which the database does not know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0042_vehicle_question_count"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("signed_in", "Signed in"),
                    ("locked_out", "Locked out after wrong passwords"),
                    ("sign_in_failed", "Failed to sign in"),
                    ("sign_in_slowed", "Slowed down after many failed sign-ins"),
                    ("lock_lifted", "Failed sign-ins forgotten by staff"),
                    ("password_reset_sent", "Password reset sent"),
                    ("password_changed", "Password changed"),
                    ("password_set_by_staff", "Password set by staff"),
                    ("session_ended", "Session ended"),
                    ("second_factor_on", "Second factor switched on"),
                    ("second_factor_off", "Second factor switched off"),
                    ("factor_added", "Another second factor added"),
                    ("factor_removed", "One of several second factors removed"),
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
                    ("key_refused", "API key refused"),
                    ("webhook_changed", "Webhook changed"),
                    ("branch_changed", "Branch changed"),
                    ("dealer_changed", "Dealer changed"),
                    ("user_changed", "Person changed"),
                    ("bulk_changed", "Many adverts changed"),
                    ("stock_exported", "Stock exported"),
                    ("suspended", "Dealer suspended"),
                    ("reinstated", "Dealer reinstated"),
                    ("staff_entered", "Staff opened the panel"),
                    ("staff_posted", "Staff worked in the panel"),
                    ("staff_left", "Staff left the panel"),
                    ("person_erased", "What a person left was erased"),
                    ("record_kept", "A person's record is kept for a reason"),
                    ("record_released", "A person's record is kept no longer"),
                ],
                max_length=24,
            ),
        ),
    ]
