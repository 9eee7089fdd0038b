"""Failed sign-ins are counted, and stand in the audit log."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0035_key_limits"),
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
        migrations.CreateModel(
            name="SignInFailureCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("network", models.CharField(blank=True, max_length=50)),
                ("wrong_passwords", models.PositiveIntegerField(db_default=0)),
                ("wrong_codes", models.PositiveIntegerField(db_default=0)),
                ("while_locked", models.PositiveIntegerField(db_default=0)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "began_at"),
                        name="failures_are_counted_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
