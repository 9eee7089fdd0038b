"""Asking prices from elsewhere, the cars that values are compared with, and the valued price."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0045_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="AskingPriceTable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("dated_on", models.DateField(help_text="The day the prices were asked.")),
                (
                    "loaded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("rows", models.PositiveIntegerField(default=0)),
                (
                    "left_out",
                    models.PositiveIntegerField(
                        default=0, help_text="Rows of models that the catalogue does not know."
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="listingvalue",
            name="price",
            field=models.PositiveIntegerField(
                help_text="What it asked when it was valued.", null=True
            ),
        ),
        migrations.CreateModel(
            name="MarketCars",
            fields=[
                (
                    "model",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="market_cars",
                        serialize=False,
                        to="listings.model",
                    ),
                ),
                ("content", models.BinaryField()),
                (
                    "fit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="listings.marketfit",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "market cars",
            },
        ),
        migrations.CreateModel(
            name="AskingPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField(help_text="Of the file.")),
                ("derivative", models.CharField(blank=True, max_length=200)),
                ("year", models.PositiveSmallIntegerField()),
                ("mileage", models.PositiveIntegerField(help_text="Miles.")),
                ("price", models.PositiveIntegerField(help_text="Whole pounds.")),
                (
                    "listed_on",
                    models.DateField(help_text="Empty: the day of the table.", null=True),
                ),
                (
                    "fuel",
                    models.CharField(
                        choices=[
                            ("petrol", "Petrol"),
                            ("diesel", "Diesel"),
                            ("electric", "Electric"),
                            ("hybrid", "Hybrid"),
                            ("plug_in_hybrid", "Plug-in hybrid"),
                            ("lpg", "LPG / bi-fuel"),
                            ("hydrogen", "Hydrogen"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                (
                    "transmission",
                    models.CharField(
                        choices=[("manual", "Manual"), ("automatic", "Automatic")],
                        max_length=12,
                        null=True,
                    ),
                ),
                (
                    "body_type",
                    models.CharField(
                        choices=[
                            ("hatchback", "Hatchback"),
                            ("saloon", "Saloon"),
                            ("estate", "Estate"),
                            ("suv", "SUV"),
                            ("coupe", "Coupe"),
                            ("convertible", "Convertible"),
                            ("mpv", "MPV"),
                            ("pickup", "Pickup"),
                            ("van", "Van"),
                            ("minibus", "Minibus"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                (
                    "drivetrain",
                    models.CharField(
                        choices=[
                            ("front_wheel", "Front-wheel drive"),
                            ("rear_wheel", "Rear-wheel drive"),
                            ("four_wheel", "Four-wheel drive"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                (
                    "write_off",
                    models.CharField(
                        choices=[
                            ("a", "Category A: scrap"),
                            ("b", "Category B: break for parts"),
                            ("c", "Category C (until 2017)"),
                            ("d", "Category D (until 2017)"),
                            ("s", "Category S: structural damage, repaired"),
                            ("n", "Category N: non-structural damage, repaired"),
                        ],
                        max_length=1,
                        null=True,
                    ),
                ),
                ("doors", models.PositiveSmallIntegerField(null=True)),
                ("engine_cc", models.PositiveIntegerField(null=True)),
                ("power_bhp", models.PositiveSmallIntegerField(null=True)),
                ("owners", models.PositiveSmallIntegerField(null=True)),
                ("mpg", models.FloatField(null=True)),
                ("tax", models.PositiveSmallIntegerField(help_text="Pounds a year.", null=True)),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asking_prices",
                        to="listings.model",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asking_prices",
                        to="listings.askingpricetable",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("table", "line"), name="asking_price_is_a_line"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gt", 0), ("year__range", (1900, 2100))),
                        name="asking_price_is_plausible",
                    ),
                ],
            },
        ),
    ]
