-- Wishes for what is not there or too far, without who wished.

-- name: note(thing, near_centre_id, week_on)
INSERT INTO wish (thing, near_centre_id, week_on, times)
VALUES (:thing, :near_centre_id, :week_on, 1)
ON CONFLICT (thing, near_centre_id, week_on) DO UPDATE SET times = wish.times + 1
RETURNING times;

-- name: since(since_on)
SELECT thing, near_centre_id, CAST(SUM(times) AS BIGINT) AS times
FROM wish
WHERE week_on >= :since_on
GROUP BY thing, near_centre_id
ORDER BY thing, near_centre_id;
