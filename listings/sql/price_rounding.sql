-- How a price falls by a plan. It ends in the wanted digits on a grid of £100. Below £1,000 that grid
-- is coarse: where it would cost more than twice the drop that was asked for, or lead below the floor,
-- only the last digit is kept (£775).
CREATE OR REPLACE FUNCTION price_ending_below(price integer, target integer, ending integer, grid integer)
RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN above - target < target - above + grid AND above < price THEN above
        ELSE above - grid
    END
    FROM (
        SELECT target + grid - (((target - ending) % grid) + grid) % grid AS above
    ) AS neighbour
$$;

CREATE OR REPLACE FUNCTION price_after_drops(
    price integer, amount integer, unit text, floor integer, ending text, steps integer
) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    lowest constant integer := greatest(floor, 1);
    asked integer;
    lowered integer;
BEGIN
    FOR step IN 1..steps LOOP
        EXIT WHEN price <= lowest;
        asked := greatest(
            CASE unit WHEN 'percent' THEN round(price::numeric * amount / 100) ELSE amount END, 1
        );
        IF ending = 'any' THEN
            lowered := price - asked;
        ELSE
            lowered := price_ending_below(price, price - asked, ending::integer, 100);
            IF price < 1000 AND (price - lowered > 2 * asked OR lowered < lowest) THEN
                lowered := price_ending_below(price, price - asked, ending::integer % 10, 10);
            END IF;
        END IF;
        price := greatest(lowered, lowest);
    END LOOP;
    RETURN price;
END $$;
