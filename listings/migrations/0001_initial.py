import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import listings.models.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('dealers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Make',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('confirmation', models.CharField(choices=[('confirmed', 'Confirmed'), ('pending', 'To be confirmed')], default='confirmed', max_length=10)),
            ],
            options={
                'ordering': ('name',),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='make_name_is_unique'), models.CheckConstraint(condition=models.Q(('confirmation__in', ['confirmed', 'pending'])), name='make_confirmation_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Model',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('slug', models.SlugField(max_length=80)),
                ('confirmation', models.CharField(choices=[('confirmed', 'Confirmed'), ('pending', 'To be confirmed')], default='confirmed', max_length=10)),
                ('make', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='models', to='listings.make')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stock_ref', models.CharField(blank=True, max_length=64, null=True, verbose_name='stock reference')),
                ('derivative', models.CharField(blank=True, max_length=200)),
                ('title', models.CharField(blank=True, db_default='', editable=False, max_length=350)),
                ('year', models.PositiveSmallIntegerField()),
                ('mileage', models.PositiveIntegerField(help_text='Miles.')),
                ('price', models.PositiveIntegerField(blank=True, help_text='Whole pounds the buyer pays, compulsory fees included. Empty: price on application.', null=True)),
                ('admin_fee', models.PositiveIntegerField(blank=True, help_text='The part of the price that is a fee.', null=True)),
                ('previous_price', models.PositiveIntegerField(editable=False, null=True)),
                ('vat_scheme', models.CharField(blank=True, choices=[('margin', 'Margin scheme'), ('qualifying', 'VAT qualifying')], max_length=12, null=True)),
                ('fuel', models.CharField(blank=True, choices=[('petrol', 'Petrol'), ('diesel', 'Diesel'), ('electric', 'Electric'), ('hybrid', 'Hybrid'), ('plug_in_hybrid', 'Plug-in hybrid'), ('lpg', 'LPG / bi-fuel'), ('hydrogen', 'Hydrogen')], max_length=16, null=True)),
                ('transmission', models.CharField(blank=True, choices=[('manual', 'Manual'), ('automatic', 'Automatic')], max_length=12, null=True)),
                ('doors', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('seats', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('body_type', models.CharField(blank=True, choices=[('hatchback', 'Hatchback'), ('saloon', 'Saloon'), ('estate', 'Estate'), ('suv', 'SUV'), ('coupe', 'Coupe'), ('convertible', 'Convertible'), ('mpv', 'MPV'), ('pickup', 'Pickup'), ('van', 'Van'), ('minibus', 'Minibus')], max_length=12, null=True)),
                ('colour', models.CharField(blank=True, choices=[('beige', 'Beige'), ('black', 'Black'), ('blue', 'Blue'), ('bronze', 'Bronze'), ('brown', 'Brown'), ('buff', 'Buff'), ('cream', 'Cream'), ('gold', 'Gold'), ('green', 'Green'), ('grey', 'Grey'), ('maroon', 'Maroon'), ('multicolour', 'Multicolour'), ('orange', 'Orange'), ('pink', 'Pink'), ('purple', 'Purple'), ('red', 'Red'), ('silver', 'Silver'), ('turquoise', 'Turquoise'), ('white', 'White'), ('yellow', 'Yellow')], max_length=12, null=True)),
                ('drivetrain', models.CharField(blank=True, choices=[('front_wheel', 'Front-wheel drive'), ('rear_wheel', 'Rear-wheel drive'), ('four_wheel', 'Four-wheel drive')], max_length=12, null=True)),
                ('engine_cc', models.PositiveIntegerField(blank=True, null=True, verbose_name='engine size (cc)')),
                ('power_bhp', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='power (bhp)')),
                ('co2_g_km', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='CO₂ (g/km)')),
                ('mpg', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='miles per gallon')),
                ('battery_kwh', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='battery (kWh)')),
                ('electric_range_miles', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('euro_standard', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Euro 1'), (2, 'Euro 2'), (3, 'Euro 3'), (4, 'Euro 4'), (5, 'Euro 5'), (6, 'Euro 6'), (7, 'Euro 7')], null=True)),
                ('ulez', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('fuel__in', ('electric', 'hydrogen'))), then=models.Value('yes')), models.When(models.Q(('fuel__in', ('petrol', 'lpg')), ('euro_standard__gte', 4)), then=models.Value('yes')), models.When(models.Q(models.Q(('fuel', 'diesel'), ('fuel__in', ('hybrid', 'plug_in_hybrid')), _connector='OR'), ('euro_standard__gte', 6)), then=models.Value('yes')), models.When(models.Q(models.Q(('fuel__in', ('petrol', 'lpg')), ('fuel__in', ('hybrid', 'plug_in_hybrid')), _connector='OR'), ('euro_standard__lt', 4)), then=models.Value('no')), models.When(models.Q(('fuel', 'diesel'), ('euro_standard__lt', 6)), then=models.Value('no')), models.When(models.Q(('fuel__in', ('petrol', 'lpg')), ('euro_standard__isnull', True), ('year__gte', 2006)), then=models.Value('yes')), models.When(models.Q(models.Q(('fuel', 'diesel'), ('fuel__in', ('hybrid', 'plug_in_hybrid')), _connector='OR'), ('euro_standard__isnull', True), ('year__gte', 2016)), then=models.Value('yes')), default=models.Value('unknown')), output_field=models.CharField(choices=[('yes', 'Meets the standard'), ('no', 'Does not meet the standard'), ('unknown', 'Not known')], max_length=8))),
                ('owners', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='previous owners')),
                ('service_history', models.CharField(blank=True, choices=[('full_dealer', 'Full dealer history'), ('full', 'Full history'), ('partial', 'Part history'), ('none', 'No history')], max_length=12, null=True)),
                ('mot_expires_on', models.DateField(blank=True, null=True, verbose_name='MOT expires on')),
                ('first_registered_on', models.DateField(blank=True, null=True)),
                ('write_off', models.CharField(blank=True, choices=[('a', 'Category A: scrap'), ('b', 'Category B: break for parts'), ('c', 'Category C (until 2017)'), ('d', 'Category D (until 2017)'), ('s', 'Category S: structural damage, repaired'), ('n', 'Category N: non-structural damage, repaired')], max_length=1, null=True, verbose_name='write-off category')),
                ('vrm', models.CharField(blank=True, max_length=7, null=True, verbose_name='registration mark')),
                ('vin', models.CharField(blank=True, max_length=17, null=True, verbose_name='VIN')),
                ('description', models.TextField(blank=True, max_length=20000)),
                ('features', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=200)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('expired', 'Expired'), ('sold', 'Sold'), ('withdrawn', 'Withdrawn'), ('rejected', 'Rejected')], default='draft', editable=False, max_length=10)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True)),
                ('expires_at', models.DateTimeField(editable=False, null=True)),
                ('confirmed_at', models.DateTimeField(editable=False, null=True)),
                ('reserved_until', models.DateTimeField(editable=False, null=True)),
                ('sold_at', models.DateTimeField(editable=False, null=True)),
                ('revision', listings.models.fields.TransactionIdField(editable=False, null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='dealers.branch')),
                ('dealer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='dealers.dealer')),
                ('make', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='listings.make')),
                ('model', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='listings.model')),
            ],
        ),
        migrations.CreateModel(
            name='ModelAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='listings.model')),
            ],
            options={
                'verbose_name_plural': 'model aliases',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('image', models.ImageField(height_field='height', upload_to='photos/%Y/%m/', width_field='width')),
                ('width', models.PositiveIntegerField(editable=False, help_text='Pixels.')),
                ('height', models.PositiveIntegerField(editable=False, help_text='Pixels.')),
                ('position', models.PositiveSmallIntegerField()),
                ('uploaded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('listing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='listings.listing')),
            ],
            options={
                'ordering': ('position',),
            },
        ),
        migrations.CreateModel(
            name='PriceChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_price', models.PositiveIntegerField(null=True)),
                ('new_price', models.PositiveIntegerField(null=True)),
                ('reason', models.CharField(choices=[('edit', 'Edited by hand'), ('plan', 'Price plan'), ('bulk', 'Bulk change'), ('feed', 'Stock feed'), ('load', 'Loaded data')], max_length=8)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('listing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='price_changes', to='listings.listing')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='PricePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('after_days', models.PositiveSmallIntegerField(help_text='Days live before the first drop.')),
                ('every_days', models.PositiveSmallIntegerField(help_text='Days between drops.')),
                ('drop', models.PositiveIntegerField()),
                ('unit', models.CharField(choices=[('percent', 'Per cent'), ('pounds', 'Pounds')], max_length=8)),
                ('floor', models.PositiveIntegerField(help_text='Whole pounds below which no price falls.')),
                ('ending', models.CharField(choices=[('95', '£…95'), ('99', '£…99'), ('any', 'Any')], default='95', max_length=4)),
                ('is_default', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='price_plans', to='dealers.dealer')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='PriceSchedule',
            fields=[
                ('listing', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='price_schedule', serialize=False, to='listings.listing')),
                ('next_drop_at', models.DateTimeField()),
                ('steps_applied', models.PositiveIntegerField(default=0)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schedules', to='listings.priceplan')),
            ],
        ),
        migrations.CreateModel(
            name='ListingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('created', 'Created'), ('edited', 'Edited'), ('published', 'Published'), ('renewed', 'Renewed'), ('reserved', 'Reserved'), ('released', 'Released'), ('sold', 'Sold'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired'), ('rejected', 'Rejected'), ('reopened', 'Reopened'), ('planned', 'Price plan set'), ('unplanned', 'Price plan stopped')], max_length=10)),
                ('from_status', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('expired', 'Expired'), ('sold', 'Sold'), ('withdrawn', 'Withdrawn'), ('rejected', 'Rejected')], max_length=10, null=True)),
                ('to_status', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('expired', 'Expired'), ('sold', 'Sold'), ('withdrawn', 'Withdrawn'), ('rejected', 'Rejected')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('changes', models.JSONField(help_text='Edited fields, each with its value before and after.', null=True)),
                ('happened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('listing', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='listings.listing')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['listing', 'id'], name='event_of_listing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_status__in', ['draft', 'live', 'expired', 'sold', 'withdrawn', 'rejected'])), name='event_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='MakeAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('make', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='listings.make')),
            ],
            options={
                'verbose_name_plural': 'make aliases',
                'ordering': ('name',),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='make_alias_is_unique')],
            },
        ),
        migrations.AddConstraint(
            model_name='model',
            constraint=models.UniqueConstraint(models.F('make'), django.db.models.functions.text.Lower('name'), name='model_name_is_unique_in_make'),
        ),
        migrations.AddConstraint(
            model_name='model',
            constraint=models.UniqueConstraint(fields=('make', 'slug'), name='model_slug_is_unique_in_make'),
        ),
        migrations.AddConstraint(
            model_name='model',
            constraint=models.UniqueConstraint(fields=('id', 'make'), name='model_has_one_make'),
        ),
        migrations.AddConstraint(
            model_name='model',
            constraint=models.CheckConstraint(condition=models.Q(('confirmation__in', ['confirmed', 'pending'])), name='model_confirmation_is_known'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(condition=models.Q(('status', 'live')), fields=['price', 'id'], include=('make', 'model', 'dealer', 'mileage', 'year', 'fuel', 'transmission', 'body_type', 'doors', 'seats', 'colour', 'expires_at'), name='live_cheapest'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(condition=models.Q(('status', 'live')), fields=['mileage', 'id'], include=('make', 'model', 'dealer', 'price', 'year', 'fuel', 'transmission', 'body_type', 'doors', 'seats', 'colour', 'expires_at'), name='live_by_mileage'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(condition=models.Q(('status', 'live')), fields=['year', 'id'], include=('make', 'model', 'dealer', 'price', 'mileage', 'fuel', 'transmission', 'body_type', 'doors', 'seats', 'colour', 'expires_at'), name='live_by_year'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(condition=models.Q(('status', 'live')), fields=['published_at', 'id'], include=('make', 'model', 'dealer', 'price', 'mileage', 'year', 'fuel', 'transmission', 'body_type', 'doors', 'seats', 'colour', 'expires_at'), name='live_newest'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(condition=models.Q(('status', 'live')), fields=['make', 'price', 'id'], include=('model', 'dealer', 'mileage', 'year', 'fuel', 'transmission', 'body_type', 'doors', 'seats', 'colour', 'expires_at'), name='live_make_cheapest'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(condition=models.Q(('status', 'live')), fields=['make', 'mileage', 'id'], include=('model', 'dealer', 'price', 'year', 'fuel', 'transmission', 'body_type', 'doors', 'seats', 'colour', 'expires_at'), name='live_make_by_mileage'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('model'), models.F('price'), models.F('id'), condition=models.Q(('status', 'live')), name='live_model_cheapest'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('dealer'), models.F('status'), models.F('id'), name='listing_stock_of_dealer'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('make'), models.F('model'), name='listing_of_model'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('vrm'), condition=models.Q(('vrm__isnull', False)), name='listing_by_vrm'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('vin'), condition=models.Q(('vin__isnull', False)), name='listing_by_vin'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('expires_at'), condition=models.Q(('status', 'live')), name='live_next_to_expire'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('reserved_until'), condition=models.Q(('reserved_until__isnull', False)), name='listing_reserved'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.BTreeIndex(models.F('revision'), name='listing_by_revision'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 1), ('price__lte', 10000000)), name='listing_price_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('mileage__gte', 0), ('mileage__lte', 999999)), name='listing_mileage_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 1885), ('year__lte', 2100)), name='listing_year_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('doors__gte', 1), ('doors__lte', 9)), name='listing_doors_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('seats__gte', 1), ('seats__lte', 60)), name='listing_seats_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('engine_cc__gte', 49), ('engine_cc__lte', 30000)), name='listing_engine_cc_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('power_bhp__gte', 1), ('power_bhp__lte', 3000)), name='listing_power_bhp_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'live', 'expired', 'sold', 'withdrawn', 'rejected'])), name='listing_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('fuel__in', ['petrol', 'diesel', 'electric', 'hybrid', 'plug_in_hybrid', 'lpg', 'hydrogen'])), name='listing_fuel_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('transmission__in', ['manual', 'automatic'])), name='listing_transmission_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('body_type__in', ['hatchback', 'saloon', 'estate', 'suv', 'coupe', 'convertible', 'mpv', 'pickup', 'van', 'minibus'])), name='listing_body_type_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('colour__in', ['beige', 'black', 'blue', 'bronze', 'brown', 'buff', 'cream', 'gold', 'green', 'grey', 'maroon', 'multicolour', 'orange', 'pink', 'purple', 'red', 'silver', 'turquoise', 'white', 'yellow'])), name='listing_colour_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('drivetrain__in', ['front_wheel', 'rear_wheel', 'four_wheel'])), name='listing_drivetrain_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('euro_standard__in', [1, 2, 3, 4, 5, 6, 7])), name='listing_euro_standard_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('vat_scheme__in', ['margin', 'qualifying'])), name='listing_vat_scheme_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('service_history__in', ['full_dealer', 'full', 'partial', 'none'])), name='listing_service_history_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('write_off__in', ['a', 'b', 'c', 'd', 's', 'n'])), name='listing_write_off_is_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('admin_fee__lte', models.F('price')), ('admin_fee__isnull', True), _connector='OR'), name='listing_admin_fee_is_part_of_the_price'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('vrm__regex', '^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{2,7}$')), name='listing_vrm_is_well_formed'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('vin__regex', '^[A-HJ-NPR-Z0-9]{17}$')), name='listing_vin_is_well_formed'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'live'), _negated=True), models.Q(('expires_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='live_listing_has_been_published_and_will_expire'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'live'), _negated=True), ('write_off__isnull', True), models.Q(('write_off__in', ('a', 'b')), _negated=True), _connector='OR'), name='scrapped_car_is_never_live'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('reserved_until__isnull', True), ('status', 'live'), _connector='OR'), name='only_a_live_listing_is_reserved'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sold_at__isnull', False), ('status', 'sold')), models.Q(models.Q(('status', 'sold'), _negated=True), ('sold_at__isnull', True)), _connector='OR'), name='sold_listing_says_when'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'live')), fields=('dealer', 'vrm'), name='one_live_listing_per_dealer_and_vrm'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.UniqueConstraint(fields=('dealer', 'stock_ref'), name='stock_ref_is_unique_in_dealer'),
        ),
        migrations.AddConstraint(
            model_name='modelalias',
            constraint=models.UniqueConstraint(models.F('model'), django.db.models.functions.text.Lower('name'), name='model_alias_is_unique_in_model'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('listing', 'position'), name='photo_position_is_unique_in_listing'),
        ),
        migrations.AddIndex(
            model_name='pricechange',
            index=models.Index(fields=['listing', 'id'], name='price_change_of_listing'),
        ),
        migrations.AddConstraint(
            model_name='pricechange',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['edit', 'plan', 'bulk', 'feed', 'load'])), name='price_change_reason_is_known'),
        ),
        migrations.AddConstraint(
            model_name='priceplan',
            constraint=models.UniqueConstraint(fields=('dealer', 'name'), name='price_plan_name_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='priceplan',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('dealer',), name='one_default_price_plan_per_dealer'),
        ),
        migrations.AddConstraint(
            model_name='priceplan',
            constraint=models.CheckConstraint(condition=models.Q(('after_days__lte', 365), ('every_days__gte', 1), ('every_days__lte', 365)), name='price_plan_days_are_plausible'),
        ),
        migrations.AddConstraint(
            model_name='priceplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('drop__gte', 1), ('drop__lte', 50), ('unit', 'percent')), models.Q(('drop__gte', 1), ('drop__lte', 10000000), ('unit', 'pounds')), _connector='OR'), name='price_plan_drop_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='priceplan',
            constraint=models.CheckConstraint(condition=models.Q(('floor__gte', 1), ('floor__lte', 10000000)), name='price_plan_floor_is_plausible'),
        ),
        migrations.AddConstraint(
            model_name='priceplan',
            constraint=models.CheckConstraint(condition=models.Q(('ending__in', ('95', '99', 'any'))), name='price_plan_ending_is_known'),
        ),
        migrations.AddIndex(
            model_name='priceschedule',
            index=models.Index(fields=['next_drop_at'], name='price_schedule_due'),
        ),
    ]
