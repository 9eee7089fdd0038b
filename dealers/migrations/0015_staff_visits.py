"""Staff work in a dealer's panel: who may, and the events that tell of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0014_invitations_end_with_their_sender")]

    operations = [
        migrations.AlterModelOptions(
            name="dealer",
            options={
                "ordering": ("name",),
                "permissions": (("enter_panel", "Can work in a dealer's panel"),),
            },
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="kind",
            field=models.CharField(
                max_length=24,
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
                    ("staff_entered", "Staff opened the panel"),
                    ("staff_posted", "Staff worked in the panel"),
                    ("staff_left", "Staff left the panel"),
                ],
            ),
        ),
    ]
