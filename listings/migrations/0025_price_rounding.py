"""Round every price that changes by one rule, and let plans end prices in 00 as well."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

_old = import_module("listings.migrations.0004_price_after_drops")
PLANS_ALONE = f"""
    DROP FUNCTION price_after_drops;
    DROP FUNCTION price_rounded;
    DROP FUNCTION price_target;
    {_old.ENDING_BELOW}
    {_old.AFTER_DROPS}
"""
ENDINGS = (("any", "Any"), ("95", "£…95"), ("99", "£…99"), ("00", "£…00"))


def _known(endings: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ending__in=endings), name="price_plan_ending_is_known"
    )


ROUNDING = """
-- How a price that changes is rounded, whoever changes it: docs/pricing.md tells the rule with
-- examples.

-- What a change asks for: `amount` per cent or pounds more (less than 0: less), or the figure
-- itself.
CREATE OR REPLACE FUNCTION price_target(price integer, amount integer, unit text)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE unit
        WHEN 'percent' THEN
            price + sign(amount) * greatest(round(price::numeric * abs(amount) / 100), 1)
        WHEN 'pounds' THEN price + amount
        ELSE amount
    END::integer
$$;

-- The price nearest to the target that ends in the wanted digits, moves the way that was asked, by
-- at most three times as much, and not below the lowest. Where there is none the last digit is
-- kept, and where there is none of those either, the target. Of two that are as near, the one
-- further on. Without a price that it moves from, only the lowest bounds it.
CREATE OR REPLACE FUNCTION price_rounded(
    price integer, target integer, ending text, lowest integer
) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    falls constant boolean := coalesce(target < price, false);
    rises constant boolean := coalesce(target > price, false);
    low constant integer := greatest(
        lowest, CASE WHEN falls THEN price - 3 * (price - target) WHEN rises THEN price + 1 END
    );
    high constant integer :=
        CASE WHEN falls THEN price - 1 WHEN rises THEN price + 3 * (target - price) END;
    grid integer;
    below integer;
    above integer;
BEGIN
    IF target IS NULL OR ending = 'any' THEN
        RETURN target;
    END IF;
    FOREACH grid IN ARRAY ARRAY[100, 10] LOOP
        below := target - (target + grid - ending::integer % grid) % grid;
        above := below + grid;
        IF below < low OR below > high THEN
            below := NULL;
        END IF;
        IF above < low OR above > high THEN
            above := NULL;
        END IF;
        IF target - below < above - target OR (target - below = above - target AND falls) THEN
            RETURN below;
        ELSIF above IS NOT NULL OR below IS NOT NULL THEN
            RETURN coalesce(above, below);
        END IF;
    END LOOP;
    RETURN target;
END $$;

-- The price after so many drops of a plan. It never falls below the floor, where it ends.
CREATE OR REPLACE FUNCTION price_after_drops(
    price integer, amount integer, unit text, floor integer, ending text, steps integer
) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    lowest constant integer := greatest(floor, 1);
    target integer;
BEGIN
    FOR step IN 1..steps LOOP
        EXIT WHEN price <= lowest;
        target := price_target(price, -amount, unit);
        price := CASE
            WHEN target > lowest THEN price_rounded(price, target, ending, lowest) ELSE lowest
        END;
    END LOOP;
    RETURN price;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0024_sql_files")]

    operations = [
        migrations.RunSQL(ROUNDING, PLANS_ALONE),
        migrations.RunSQL("DROP FUNCTION price_ending_below", migrations.RunSQL.noop),
        migrations.AlterField(
            "priceplan", "ending", models.CharField(max_length=4, choices=ENDINGS, default="95")
        ),
        migrations.RemoveConstraint("priceplan", "price_plan_ending_is_known"),
        migrations.AddConstraint("priceplan", _known(["any", "95", "99", "00"])),
    ]
