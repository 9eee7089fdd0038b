"""Webhooks, and the scopes of keys that read and write them."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0026_weekly_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given up"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                (
                    "queued_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "due_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("attempted_at", models.DateTimeField(null=True)),
                ("answer_status", models.PositiveSmallIntegerField(null=True)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("milliseconds", models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("description", models.CharField(blank=True, max_length=80)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("listing.created", "An advert is published for the first time"),
                                ("listing.updated", "An advert changes in another way"),
                                ("listing.removed", "An advert is deleted"),
                                ("listing.price_changed", "An advert's price changes"),
                                ("listing.status_changed", "An advert's status changes"),
                                ("enquiry.created", "A buyer asks about a car"),
                                ("feed_run.finished", "A file of a stock feed comes to its end"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                    ),
                ),
                ("nonce", models.CharField(editable=False, max_length=43)),
                ("key_check", models.CharField(editable=False, max_length=64)),
                ("old_nonce", models.CharField(blank=True, editable=False, max_length=43)),
                ("old_key_check", models.CharField(blank=True, editable=False, max_length=64)),
                ("old_until", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("switched_off_at", models.DateTimeField(editable=False, null=True)),
                ("off_reason", models.CharField(blank=True, editable=False, max_length=200)),
                ("mailed_at", models.DateTimeField(editable=False, null=True)),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                (
                    "failures",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="One after the other, until now."
                    ),
                ),
                ("is_slow", models.BooleanField(default=False, editable=False)),
                ("due_at", models.DateTimeField(editable=False, null=True)),
                ("claimed_until", models.DateTimeField(editable=False, null=True)),
                ("claim", models.UUIDField(editable=False, null=True)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="WebhookListing",
            fields=[
                ("listing_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("revision", models.BigIntegerField(null=True)),
                ("status", models.CharField(max_length=10)),
                ("price", models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("type", models.CharField(max_length=30)),
                ("subject", models.CharField(max_length=40)),
                ("body", models.TextField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
        # Keys are few: looking at all of them takes no time.
        migrations.RemoveConstraint(
            model_name="apikey",
            name="api_key_scopes_are_known",
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("stock:read", "Read stock"),
                        ("stock:write", "Write stock"),
                        ("feeds:read", "Read stock feeds and their runs"),
                        ("feeds:write", "Deliver stock feeds"),
                        ("enquiries:read", "Read buyers' enquiries"),
                        ("values:read", "Value cars that are not for sale"),
                        ("enquiries:write", "Say how far buyers' enquiries are"),
                        ("webhooks:read", "Read webhooks and what was sent"),
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
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__contained_by",
                        [
                            "stock:read",
                            "stock:write",
                            "feeds:read",
                            "feeds:write",
                            "enquiries:read",
                            "values:read",
                            "enquiries:write",
                            "webhooks:read",
                            "webhooks:write",
                        ],
                    ),
                    ("scopes__len__gt", 0),
                ),
                name="api_key_scopes_are_known",
            ),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="dealer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="webhook_endpoints",
                to="dealers.dealer",
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="endpoint",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="dealers.webhookendpoint",
            ),
        ),
        migrations.AddField(
            model_name="webhooklisting",
            name="dealer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dealers.dealer"
            ),
        ),
        migrations.AddField(
            model_name="webhookmessage",
            name="dealer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="dealers.dealer",
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="dealers.webhookmessage",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookendpoint",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), ("switched_off_at__isnull", True)),
                fields=["due_at"],
                name="webhook_endpoint_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "events__contained_by",
                        [
                            "listing.created",
                            "listing.updated",
                            "listing.removed",
                            "listing.price_changed",
                            "listing.status_changed",
                            "enquiry.created",
                            "feed_run.finished",
                        ],
                    ),
                    ("events__len__gt", 0),
                ),
                name="webhook_events_are_known",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(fields=["dealer", "created_at"], name="webhook_message_of_dealer"),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                fields=["dealer", "subject", "type"], name="webhook_message_subject"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(fields=["created_at"], name="webhook_message_oldest"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "subject", "message"],
                name="webhook_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "message"), name="webhook_message_goes_once_to_an_endpoint"
            ),
        ),
    ]
