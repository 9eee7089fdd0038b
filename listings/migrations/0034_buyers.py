"""The ledger of what buyers leave, and their enquiries."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import listings.models.fields
from marketplace.databases.stored_sql import InstallSql

NOTHING_BEFORE = """
    DROP FUNCTION enquiry_stamp CASCADE;
    DROP FUNCTION enquiry_touch CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0020_names_of_feed_cars"),
        ("listings", "0033_locks_of_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentWording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=20)),
                (
                    "version",
                    models.PositiveIntegerField(help_text="Counts the wordings of a purpose."),
                ),
                ("words", models.TextField()),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the words, in hexadecimal.", max_length=64
                    ),
                ),
                (
                    "first_shown_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purpose", "version"), name="wording_has_one_version"
                    ),
                    models.UniqueConstraint(
                        fields=("purpose", "digest"), name="wording_is_kept_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BuyerRecord",
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
                            ("enquiry", "Enquiry"),
                            ("reservation", "Reservation"),
                            ("saved_search", "Saved search"),
                            ("report", "Report of an advert"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("consented_at", models.DateTimeField(null=True)),
                (
                    "withdrawn_at",
                    models.DateTimeField(help_text="When the consent was withdrawn.", null=True),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        help_text="When the address was proved by a mailed link.", null=True
                    ),
                ),
                (
                    "page",
                    models.CharField(blank=True, help_text="Path it was left at.", max_length=200),
                ),
                ("placement", models.CharField(blank=True, max_length=64)),
                ("campaign", models.CharField(blank=True, max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("kept_until", models.DateTimeField()),
                (
                    "kept_because",
                    models.CharField(
                        blank=True,
                        help_text="Why it outlives its end and a wish to erase: a complaint.",
                        max_length=300,
                    ),
                ),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="listings.consentwording",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="The car, as it was called at the time.", max_length=250
                    ),
                ),
                (
                    "price",
                    models.PositiveIntegerField(
                        help_text="Whole pounds, as asked at the time.", null=True
                    ),
                ),
                ("message", models.TextField(blank=True)),
                (
                    "preferred_contact",
                    models.CharField(
                        choices=[("email", "E-mail"), ("phone", "Telephone"), ("either", "Either")],
                        default="either",
                        max_length=6,
                    ),
                ),
                (
                    "part_exchange_vrm",
                    models.CharField(blank=True, max_length=7, verbose_name="part-exchange mark"),
                ),
                ("part_exchange_mileage", models.PositiveIntegerField(null=True)),
                (
                    "viewing_at",
                    models.DateTimeField(help_text="When the buyer would like to come.", null=True),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="Tells the same enquiry sent twice; empty once erased.",
                        max_length=64,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("answered", "Answered"),
                            ("appointment", "Appointment"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                        ],
                        default="new",
                        max_length=11,
                    ),
                ),
                (
                    "lost_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sold_to_other", "The car was sold to somebody else"),
                            ("bought_elsewhere", "Bought elsewhere"),
                            ("price", "Price or part-exchange"),
                            ("finance", "Finance"),
                            ("no_answer", "The buyer did not answer"),
                            ("not_genuine", "Not a genuine enquiry"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("appointment_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "opened_at",
                    models.DateTimeField(
                        help_text="When a person of the dealer read it.", null=True
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(help_text="When the dealer first answered.", null=True),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("revision", listings.models.fields.TransactionIdField(editable=False, null=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dealers.branch",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="enquiries",
                        to="listings.listing",
                    ),
                ),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enquiry",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="EnquiryMessage",
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
                        choices=[("answer", "Answer"), ("note", "Note"), ("change", "Change")],
                        max_length=6,
                    ),
                ),
                ("body", models.TextField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "sent_at",
                    models.DateTimeField(help_text="When its mail was handed over.", null=True),
                ),
                (
                    "failed_at",
                    models.DateTimeField(
                        help_text="When its mail was refused for good.", null=True
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="listings.buyerrecord",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddIndex(
            model_name="buyerrecord",
            index=models.Index(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="record_of_email",
            ),
        ),
        migrations.AddIndex(
            model_name="buyerrecord",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", True)),
                fields=["kept_until"],
                name="record_to_erase",
            ),
        ),
        migrations.AddConstraint(
            model_name="buyerrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(
                        ("campaign", ""), ("email", ""), ("name", ""), ("page", ""), ("phone", "")
                    ),
                    _connector="OR",
                ),
                name="erased_record_names_nobody",
            ),
        ),
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(fields=["revision", "id"], name="enquiry_revision"),
        ),
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(fields=["digest", "created_at"], name="enquiry_digest"),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage", "lost"), ("lost_reason", ""), _connector="OR"),
                name="only_lost_enquiries_have_a_reason",
            ),
        ),
        InstallSql("listings", "enquiries", before=NOTHING_BEFORE),
    ]
