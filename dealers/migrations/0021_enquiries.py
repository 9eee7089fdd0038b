"""Where enquiries are mailed to, and a scope for keys that read them."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Whoever looks a key up locks its table before the dealer's: so does this, or they wait in a ring.
LOCK = "LOCK TABLE dealers_apikey, dealers_branch, dealers_dealer IN ACCESS EXCLUSIVE MODE"
SCOPES = ["stock:read", "stock:write", "feeds:read", "feeds:write", "enquiries:read"]


def _address(model: str, name: str, label: str, help_text: str) -> migrations.AddField:
    field = models.EmailField(
        blank=True, db_default="", help_text=help_text, max_length=254, verbose_name=label
    )
    return migrations.AddField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("dealers", "0020_names_of_feed_cars")]

    operations = [
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
        _address(
            "branch",
            "enquiry_email",
            "e-mail for enquiries",
            "Enquiries about cars of this branch go here; empty: to the dealer. Buyers may see it.",
        ),
        _address(
            "branch",
            "crm_email",
            "e-mail of the CRM",
            "Gets each enquiry as ADF 1.0 XML too; empty: as the dealer has it.",
        ),
        _address(
            "dealer",
            "enquiry_email",
            "e-mail for enquiries",
            "Where a branch names none; empty: where notices go. Buyers may see it.",
        ),
        _address(
            "dealer",
            "crm_email",
            "e-mail of the CRM",
            "Gets each enquiry as ADF 1.0 XML, where a branch names none.",
        ),
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
