"""Stock feeds: how they come, their runs and rows, and what they remember of cars."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import dealers.models.feed_run


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0009_branch_opening_hours"),
        ("listings", "0014_field_locks"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("reading", "Being read"),
                            ("held", "Held for a person"),
                            ("applying", "Being applied"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("dropped", "Dropped"),
                        ],
                        default="received",
                        max_length=8,
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("known", "Cars we know"),
                            ("new", "New cars"),
                            ("seen", "Unchanged cars"),
                            ("absent", "Cars the file lacks"),
                        ],
                        max_length=6,
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Since the position last moved."
                    ),
                ),
                ("dry_run", models.BooleanField(default=False)),
                ("recipe", models.JSONField(default=dict)),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=300,
                        storage=dealers.models.feed_run.feed_files,
                        upload_to="%Y/%m/%d/",
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200)),
                (
                    "file_hash",
                    models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the file"),
                ),
                ("file_bytes", models.BigIntegerField(default=0)),
                (
                    "source_at",
                    models.DateTimeField(help_text="When the stock was as the file says."),
                ),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("started_at", models.DateTimeField(null=True)),
                (
                    "touched_at",
                    models.DateTimeField(help_text="When a worker last got on with it.", null=True),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("hold_code", models.CharField(blank=True, max_length=30)),
                ("hold_reason", models.CharField(blank=True, max_length=500)),
                ("approved_at", models.DateTimeField(null=True)),
                (
                    "told_at",
                    models.DateTimeField(
                        help_text="When the dealer was told of a bad end.", null=True
                    ),
                ),
                (
                    "findings",
                    models.JSONField(
                        default=list, help_text="What is odd about the file as a whole."
                    ),
                ),
                (
                    "has_rows",
                    models.BooleanField(default=True, help_text="The report's rows are kept."),
                ),
                (
                    "row_count",
                    models.PositiveIntegerField(default=0, help_text="Rows in the file."),
                ),
                (
                    "car_count",
                    models.PositiveIntegerField(default=0, help_text="Cars that the file has."),
                ),
                ("created_count", models.PositiveIntegerField(default=0)),
                ("updated_count", models.PositiveIntegerField(default=0)),
                ("unchanged_count", models.PositiveIntegerField(default=0)),
                ("revived_count", models.PositiveIntegerField(default=0)),
                ("withdrawn_count", models.PositiveIntegerField(default=0)),
                ("held_count", models.PositiveIntegerField(default=0)),
                ("rejected_count", models.PositiveIntegerField(default=0)),
                ("duplicate_count", models.PositiveIntegerField(default=0)),
                ("warning_count", models.PositiveIntegerField(default=0)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="FeedRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "number",
                    models.BigIntegerField(
                        help_text="Of the row in the file, from 1; then absent cars."
                    ),
                ),
                (
                    "line",
                    models.BigIntegerField(
                        help_text="Of the file; empty for an absent car.", null=True
                    ),
                ),
                (
                    "file_name",
                    models.CharField(blank=True, help_text="Inside an archive.", max_length=200),
                ),
                ("key", models.CharField(blank=True, max_length=80)),
                ("external_id", models.CharField(blank=True, max_length=64)),
                ("car", models.BigIntegerField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("created", "Created"),
                            ("updated", "Updated"),
                            ("unchanged", "Unchanged"),
                            ("revived", "Back on sale"),
                            ("withdrawn", "Withdrawn"),
                            ("held", "Held"),
                            ("rejected", "Rejected"),
                            ("duplicate", "Repeated below"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("warnings", models.JSONField(default=list)),
                (
                    "listing",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="listings.listing",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="dealers.feedrun",
                    ),
                ),
            ],
            options={
                "ordering": ("run", "number"),
            },
        ),
        migrations.CreateModel(
            name="FeedStage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("raw_hash", models.BinaryField()),
                ("said", models.JSONField(help_text="A `dealers.feeds.engine.said.Said`.")),
                (
                    "extra",
                    models.JSONField(
                        help_text="Columns of the file that are not mapped.", null=True
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.feedrun",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "channel",
                    models.CharField(
                        choices=[("upload", "Uploaded"), ("url", "Fetched from an address")],
                        default="upload",
                        max_length=6,
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=2000, verbose_name="address")),
                (
                    "every_minutes",
                    models.PositiveIntegerField(default=60, help_text="Between two fetches."),
                ),
                ("next_poll_at", models.DateTimeField(editable=False, null=True)),
                ("etag", models.CharField(blank=True, editable=False, max_length=500)),
                ("last_modified", models.CharField(blank=True, editable=False, max_length=100)),
                (
                    "format",
                    models.CharField(
                        blank=True, help_text="Empty: seen from the file itself.", max_length=12
                    ),
                ),
                ("mapping", models.JSONField(blank=True, null=True)),
                ("suggested_mapping", models.JSONField(blank=True, editable=False, null=True)),
                ("mapping_confirmed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[("full", "The whole stock"), ("delta", "Only what changed")],
                        default="full",
                        max_length=5,
                    ),
                ),
                (
                    "blanks",
                    models.CharField(
                        choices=[
                            ("keep", "Keep what the advert says"),
                            ("clear", "Clear the field"),
                        ],
                        default="keep",
                        max_length=5,
                        verbose_name="a blank cell",
                    ),
                ),
                (
                    "branch_refs",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="The file's words for branches, with their ids.",
                    ),
                ),
                (
                    "publishes",
                    models.BooleanField(default=True, help_text="Otherwise new cars stay drafts."),
                ),
                ("paused_at", models.DateTimeField(editable=False, null=True)),
                ("pause_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "failure_count",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="Failures since the last success."
                    ),
                ),
                ("last_source_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        help_text="Where cars stand when the file does not say.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeds",
                        to="dealers.branch",
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="dealers.dealer",
                    ),
                ),
                (
                    "mapping_confirmed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("dealer", "name"),
            },
        ),
        migrations.AddField(
            model_name="feedrun",
            name="feed",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="runs",
                to="dealers.stockfeed",
            ),
        ),
        migrations.CreateModel(
            name="FeedCar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                (
                    "raw_hash",
                    models.BinaryField(help_text="Of the row's cells as last applied.", null=True),
                ),
                ("extra", models.JSONField(null=True)),
                ("price", models.PositiveIntegerField(null=True)),
                ("changed_run", models.BigIntegerField()),
                (
                    "applied_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("absent_since", models.DateTimeField(null=True)),
                ("gone_at", models.DateTimeField(null=True)),
                (
                    "listing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed_cars",
                        to="listings.listing",
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cars",
                        to="dealers.stockfeed",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeedSeen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_number", models.BigIntegerField()),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "lines",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "cars",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.feedrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "first_number"), name="rows_are_seen_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="stockfeed",
            index=models.Index(
                condition=models.Q(("channel", "url"), ("paused_at__isnull", True)),
                fields=["next_poll_at"],
                name="feed_next_to_fetch",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockfeed",
            constraint=models.UniqueConstraint(
                fields=("dealer", "name"), name="feed_name_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockfeed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "url"), _negated=True),
                    models.Q(("url", ""), _negated=True),
                    _connector="OR",
                ),
                name="fetched_feed_has_an_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockfeed",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_minutes__gte", 5), ("every_minutes__lte", 10080)),
                name="feed_is_fetched_from_every_5_minutes_to_weekly",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockfeed",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("full", "delta"))), name="feed_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockfeed",
            constraint=models.CheckConstraint(
                condition=models.Q(("blanks__in", ("keep", "clear"))), name="feed_blanks_known"
            ),
        ),
        migrations.AddIndex(
            model_name="feedrun",
            index=models.Index(fields=["feed", "id"], name="run_of_feed"),
        ),
        migrations.AddIndex(
            model_name="feedrun",
            index=models.Index(
                condition=models.Q(("state__in", ("received", "reading", "applying", "held"))),
                fields=["state", "touched_at"],
                name="run_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("reading", "applying"))),
                fields=("feed",),
                name="one_run_at_a_time_per_feed",
            ),
        ),
        migrations.AddIndex(
            model_name="feedcar",
            index=models.Index(models.F("feed"), models.F("raw_hash"), name="feed_car_by_row"),
        ),
        migrations.AddIndex(
            model_name="feedcar",
            index=models.Index(
                condition=models.Q(("absent_since__isnull", False), ("gone_at__isnull", True)),
                fields=["absent_since"],
                name="feed_car_absent",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedcar",
            constraint=models.UniqueConstraint(
                fields=("feed", "key"), name="feed_knows_a_car_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedcar",
            constraint=models.UniqueConstraint(
                fields=("listing", "feed"), name="feed_knows_a_listing_once"
            ),
        ),
    ]
