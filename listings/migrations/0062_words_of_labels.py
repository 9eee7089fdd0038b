"""Adverts, and terms of price plans, in the words that people read: no SQL."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0061_rejection_notice"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="listing",
            options={"verbose_name": "advert"},
        ),
        migrations.AlterModelOptions(
            name="listingevent",
            options={
                "ordering": ("-id",),
                "verbose_name": "event of an advert",
                "verbose_name_plural": "events of adverts",
            },
        ),
        migrations.AlterModelOptions(
            name="listingtombstone",
            options={"verbose_name": "removed advert"},
        ),
        migrations.AlterModelOptions(
            name="listingvalue",
            options={
                "verbose_name": "value of an advert",
                "verbose_name_plural": "values of adverts",
            },
        ),
        migrations.AlterModelOptions(
            name="listingwords",
            options={
                "verbose_name": "words of an advert",
                "verbose_name_plural": "words of adverts",
            },
        ),
        migrations.AlterField(
            model_name="listingevent",
            name="listing",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="listings.listing",
                verbose_name="advert",
            ),
        ),
        migrations.AlterField(
            model_name="marketfit",
            name="is_current",
            field=models.BooleanField(default=False, verbose_name="in use now"),
        ),
        migrations.AlterField(
            model_name="pricechange",
            name="listing",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="price_changes",
                to="listings.listing",
                verbose_name="advert",
            ),
        ),
        migrations.AlterField(
            model_name="priceplan",
            name="after_days",
            field=models.PositiveSmallIntegerField(
                verbose_name="days live before the first change"
            ),
        ),
        migrations.AlterField(
            model_name="priceplan",
            name="every_days",
            field=models.PositiveSmallIntegerField(verbose_name="days between changes"),
        ),
        migrations.AlterField(
            model_name="priceplan",
            name="is_default",
            field=models.BooleanField(
                default=False,
                help_text="What you publish goes on it by itself.",
                verbose_name="plan for new adverts",
            ),
        ),
        migrations.AlterField(
            model_name="priceplan",
            name="percent_max",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How far a price moves in a week at most, in per cent of it.",
                null=True,
                verbose_name="furthest in a week (%)",
            ),
        ),
        migrations.AlterField(
            model_name="priceplan",
            name="pounds_max",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="How far a price moves in a week at most, in whole pounds.",
                null=True,
                verbose_name="furthest in a week (£)",
            ),
        ),
        migrations.AlterField(
            model_name="priceplan",
            name="value_percent",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Where a price stays, in per cent of its advert's value.",
                null=True,
                verbose_name="share of the value (%)",
            ),
        ),
    ]
