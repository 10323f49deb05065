-- What stars are made of, and the stars of each day. A period is told by its first day; `second_on` to
-- `fourth_on` divide it into quarters. `until_at`: what was given later is not counted, whenever the visit was.

-- Of one family the last rating of a quarter counts for a centre; verified ones and others apart. A booking
-- says whose it was when the family has had everything erased, too; of others each counts for itself then.
-- name: levels(first_on, second_on, third_on, fourth_on, until_at)
SELECT last.centre_id, last.sort, last.level, COUNT(*) AS number
FROM (
    SELECT
        r.centre_id, r.level,
        CASE
            WHEN EXISTS (SELECT 1 FROM rating_flag AS f WHERE f.rating_id = r.id) THEN 'flagged'
            WHEN r.is_verified THEN 'verified'
            ELSE 'door'
        END AS sort,
        ROW_NUMBER() OVER (
            PARTITION BY
                r.centre_id, r.is_verified, COALESCE(b.family_id, c.family_id, r.conversation_id, r.id),
                CASE
                    WHEN r.rated_on < :second_on THEN 1
                    WHEN r.rated_on < :third_on THEN 2
                    WHEN r.rated_on < :fourth_on THEN 3
                    ELSE 4
                END
            ORDER BY r.made_at DESC, r.id DESC
        ) AS place
    FROM rating AS r
    LEFT JOIN booking AS b ON b.id = r.booking_id
    LEFT JOIN conversation AS c ON c.id = r.conversation_id
    WHERE r.is_current AND r.excluded_at IS NULL AND r.rated_on >= :first_on AND r.made_at < :until_at
) AS last
WHERE last.place = 1
GROUP BY last.centre_id, last.sort, last.level;

-- A case whose time was let pass stays one of the centre's until it is answered, whoever has it since. By
-- their deadlines, as the index of the open ones has them: in the order of centres every case would be read.
-- name: overdue(now_at)
SELECT c.centre_id, c.code
FROM case_file AS c
WHERE
    c.closed_at IS NULL AND c.state NOT IN ('explained', 'rectified', 'duplicate', 'appealed')
    AND (
        c.due_at < :now_at
        OR EXISTS (SELECT 1 FROM case_step AS s WHERE s.case_id = c.id AND s.because = 'escalated')
    )
ORDER BY c.due_at, c.code;

-- name: put(centre_id, day_on, formula, stars, earned, said)
INSERT INTO star (centre_id, day_on, formula, stars, earned, said)
VALUES (:centre_id, :day_on, :formula, CAST(:stars AS BIGINT), CAST(:earned AS BIGINT), :said)
ON CONFLICT (centre_id, day_on) DO UPDATE
SET formula = excluded.formula, stars = excluded.stars, earned = excluded.earned, said = excluded.said;

-- name: last_day(day_on)
SELECT MAX(day_on) AS last_on FROM star WHERE day_on <= :day_on;

-- name: of_day(day_on)
SELECT centre_id, day_on, formula, stars, earned, said
FROM star
WHERE day_on = :day_on
ORDER BY centre_id;

-- name: numbers(day_on)
SELECT centre_id, stars FROM star WHERE day_on = :day_on;

-- name: of_centre(centre_id, day_on)
SELECT centre_id, day_on, formula, stars, earned, said
FROM star
WHERE centre_id = :centre_id AND day_on <= :day_on
ORDER BY day_on DESC
LIMIT 1;

-- name: changes(centre_id, since_on)
SELECT centre_id, day_on, formula, stars, earned, '' AS said
FROM star
WHERE centre_id = :centre_id AND day_on >= :since_on
ORDER BY day_on;

-- The days on which the stars became others, and the first of all.
-- name: steps(centre_id, since_on)
SELECT centre_id, day_on, formula, stars, earned, said
FROM (
    SELECT
        centre_id, day_on, formula, stars, earned, said,
        COALESCE(LAG(COALESCE(stars, 0)) OVER (ORDER BY day_on), -1) AS before
    FROM star
    WHERE centre_id = :centre_id AND day_on >= :since_on
) AS each_day
WHERE COALESCE(stars, 0) <> before
ORDER BY day_on;

-- name: forget(day_on)
DELETE FROM star WHERE day_on = :day_on;
