"""Scopes for keys that value cars and that say how far enquiries are."""

import django.contrib.postgres.fields
from django.db import migrations, models

SCOPES = [
    *("stock:read", "stock:write", "feeds:read", "feeds:write"),
    *("enquiries:read", "values:read", "enquiries:write"),
]


class Migration(migrations.Migration):
    dependencies = [("dealers", "0024_audit_of_privacy")]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                models.CharField(
                    choices=[
                        ("stock:read", "Read stock"),
                        ("stock:write", "Write stock"),
                        ("feeds:read", "Read stock feeds and their runs"),
                        ("feeds:write", "Deliver stock feeds"),
                        ("enquiries:read", "Read buyers' enquiries"),
                        ("values:read", "Value cars that are not for sale"),
                        ("enquiries:write", "Say how far buyers' enquiries are"),
                    ],
                    max_length=20,
                )
            ),
        ),
        # Keys are few: looking at all of them takes no time.
        migrations.RemoveConstraint(model_name="apikey", name="api_key_scopes_are_known"),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(scopes__contained_by=SCOPES, scopes__len__gt=0),
                name="api_key_scopes_are_known",
            ),
        ),
    ]
