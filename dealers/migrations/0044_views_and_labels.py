"""Views are put in order, and one may open the stock. Choices change nothing in the database."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0043_sandbox"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="savedview",
            options={"ordering": ("position", "name")},
        ),
        migrations.AddField(
            model_name="savedview",
            name="opens_stock",
            field=models.BooleanField(
                db_default=False, help_text="Stock opens with it; one of a person's views at most."
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="position",
            field=models.PositiveSmallIntegerField(
                db_default=0, help_text="Among the person's own."
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("stock:read", "See your stock, marks included"),
                        ("stock:write", "Write, price, publish and withdraw adverts"),
                        ("feeds:read", "See stock feeds and what each file did"),
                        ("feeds:write", "Deliver stock files to feeds"),
                        ("enquiries:read", "Read enquiries, and who wrote them"),
                        ("values:read", "Value cars that are not for sale"),
                        ("enquiries:write", "Say how far buyers' enquiries are"),
                        ("webhooks:read", "See webhooks and what was sent"),
                        ("webhooks:write", "Add, change and end webhooks"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
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
        migrations.AlterField(
            model_name="user",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="may sign in"),
        ),
    ]
