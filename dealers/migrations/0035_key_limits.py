"""Where a key may be used from, where it was, when it was refused, and who was told of its end."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0034_closed_audit_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="end_told_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="last_used_from",
            field=models.GenericIPAddressField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="networks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=43),
                blank=True,
                db_default=[],
                help_text="Where it may be used from; from anywhere while there are none.",
                size=20,
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="refusal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ended", "Used after its end"),
                    ("elsewhere", "Used from a network that is not on its list"),
                ],
                db_default="",
                editable=False,
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="refused_at",
            field=models.DateTimeField(editable=False, help_text="To the hour or so.", null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="refused_from",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=43),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="kind",
            field=models.CharField(
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
                    ("key_refused", "API key refused"),
                    ("webhook_changed", "Webhook changed"),
                    ("branch_changed", "Branch changed"),
                    ("dealer_changed", "Dealer changed"),
                    ("user_changed", "Person changed"),
                    ("bulk_changed", "Many adverts changed"),
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
