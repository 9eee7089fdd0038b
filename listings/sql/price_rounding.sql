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
-- at most three times as much, not below the lowest and, where one is given, not above the highest.
-- Where there is none the last digit is kept, and where there is none of those either, the target.
-- Of two that are as near, the one further on. Without a price that it moves from, only the lowest
-- and the highest bound it.
CREATE OR REPLACE FUNCTION price_rounded(
    price integer, target integer, ending text, lowest integer, highest integer DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    falls constant boolean := coalesce(target < price, false);
    rises constant boolean := coalesce(target > price, false);
    low constant integer := greatest(
        lowest, CASE WHEN falls THEN price - 3 * (price - target) WHEN rises THEN price + 1 END
    );
    high constant integer := least(
        highest, CASE WHEN falls THEN price - 1 WHEN rises THEN price + 3 * (target - price) END
    );
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

-- The price after so many drops of a plan. It never falls below the floor, where it ends. A plan
-- without drops, which is one of another kind, leaves the price as it is.
CREATE OR REPLACE FUNCTION price_after_drops(
    price integer, amount integer, unit text, floor integer, ending text, steps integer
) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    lowest constant integer := greatest(floor, 1);
    target integer;
BEGIN
    IF price IS NULL OR amount IS NULL THEN
        RETURN price;
    END IF;
    FOR step IN 1..steps LOOP
        EXIT WHEN price <= lowest;
        target := price_target(price, -amount, unit);
        price := CASE
            WHEN target > lowest THEN price_rounded(price, target, ending, lowest) ELSE lowest
        END;
    END LOOP;
    RETURN price;
END $$;

-- The price a week later of a plan that keeps it at so many per cent of the value. It moves by at
-- most so many per cent of itself and so many pounds, ends as wanted within that, and rises only
-- where it may. Less than 1 % from where it belongs it stays: nobody would see the difference. The
-- floor, `lowest`, is where it stops falling; without a value it stays.
CREATE OR REPLACE FUNCTION price_following(
    price integer, value integer, value_percent integer, percent_max integer, pounds_max integer,
    may_rise boolean, ending text, lowest integer
) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    wanted constant integer :=
        greatest(round(value::numeric * value_percent / 100)::integer, lowest);
    far constant integer := least(price::bigint * percent_max / 100, pounds_max);
BEGIN
    IF price IS NULL OR value IS NULL OR abs(wanted - price) * 100::bigint < price THEN
        RETURN price;
    ELSIF wanted > price THEN
        RETURN CASE WHEN may_rise AND far > 0 THEN
            price_rounded(price, least(wanted, price + far), ending, price + 1, price + far)
            ELSE price END;
    ELSIF price - far <= lowest AND wanted = lowest THEN
        RETURN lowest;
    END IF;
    RETURN CASE WHEN far > 0 THEN
        price_rounded(
            price, greatest(wanted, price - far), ending, greatest(lowest, price - far), NULL
        ) ELSE price END;
END $$;
