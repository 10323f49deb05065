-- What is counted of centres in a period: from the moment of the first day on, before `until_at`.

-- Ratings of one week (`week_at` to `next_week_at`) that came into sight in the period, by level: each with the
-- whole group of so many of its kind that it belongs to, or once its week is old (handlers/desk_ratings.py). Of
-- whatever day they are: who rates late counts as well. Those that are flagged or excluded are in none of them.
-- name: levels(week_at, next_week_at, old_at, first_at, until_at, size)
SELECT
    seen.centre_id,
    SUM(seen.very_bad) AS very_bad,
    SUM(seen.bad) AS bad,
    SUM(seen.fair) AS fair,
    SUM(seen.good) AS good,
    SUM(seen.very_good) AS very_good,
    SUM(seen.unverified) AS unverified
FROM (
    SELECT
        r.centre_id,
        SUM(CASE WHEN r.is_verified AND r.counts = 1 AND r.level = 1 THEN 1 ELSE 0 END) AS very_bad,
        SUM(CASE WHEN r.is_verified AND r.counts = 1 AND r.level = 2 THEN 1 ELSE 0 END) AS bad,
        SUM(CASE WHEN r.is_verified AND r.counts = 1 AND r.level = 3 THEN 1 ELSE 0 END) AS fair,
        SUM(CASE WHEN r.is_verified AND r.counts = 1 AND r.level = 4 THEN 1 ELSE 0 END) AS good,
        SUM(CASE WHEN r.is_verified AND r.counts = 1 AND r.level = 5 THEN 1 ELSE 0 END) AS very_good,
        SUM(CASE WHEN r.is_verified THEN 0 ELSE r.counts END) AS unverified
    FROM (
        SELECT
            x.centre_id, x.is_verified, x.level, x.made_at,
            CASE
                WHEN x.excluded_at IS NOT NULL THEN 0
                WHEN EXISTS (SELECT 1 FROM rating_flag AS f WHERE f.rating_id = x.id) THEN 0
                ELSE 1
            END AS counts,
            (ROW_NUMBER() OVER (PARTITION BY x.centre_id, x.is_verified ORDER BY x.made_at, x.id) - 1) / :size
            AS part
        FROM rating AS x
        WHERE x.is_current AND x.made_at >= :week_at AND x.made_at < :next_week_at
    ) AS r
    GROUP BY r.centre_id, r.is_verified, r.part
    HAVING
        CASE WHEN COUNT(*) = :size THEN MAX(r.made_at) ELSE :old_at END >= :first_at
        AND CASE WHEN COUNT(*) = :size THEN MAX(r.made_at) ELSE :old_at END < :until_at
) AS seen
GROUP BY seen.centre_id;

-- Verified ones of a week that no group is full of before `until_at`.
-- name: fresh(week_at, until_at, size)
SELECT centre_id, COUNT(*) % :size AS fresh
FROM rating
WHERE is_current AND is_verified AND made_at >= :week_at AND made_at < :until_at
GROUP BY centre_id;

-- The same of one centre.
-- name: fresh_of(centre_id, week_at, until_at, size)
SELECT COUNT(*) % :size AS fresh
FROM rating
WHERE
    centre_id = :centre_id AND is_current AND is_verified AND made_at >= :week_at AND made_at < :until_at;

-- Meetings at which enough people were checked in.
-- name: activities(first_at, until_at, least)
SELECT held.centre_id, COUNT(*) AS activities
FROM (
    SELECT s.centre_id
    FROM attendance AS a
    INNER JOIN booking AS b ON b.id = a.booking_id
    INNER JOIN session AS s ON s.id = b.session_id
    WHERE a.arrived_at IS NOT NULL AND a.starts_at >= :first_at AND a.starts_at < :until_at
    GROUP BY s.centre_id, s.id, a.starts_at
    HAVING COUNT(*) >= :least
) AS held
GROUP BY held.centre_id;

-- name: arrivals(first_at, until_at)
SELECT s.centre_id, COUNT(DISTINCT a.participant_id) AS people, COUNT(*) AS arrived
FROM attendance AS a
INNER JOIN booking AS b ON b.id = a.booking_id
INNER JOIN session AS s ON s.id = b.session_id
WHERE a.arrived_at IS NOT NULL AND a.starts_at >= :first_at AND a.starts_at < :until_at
GROUP BY s.centre_id;

-- Who had a place and did not come to a meeting of which a list was kept. As misses.mark, which comes in the
-- morning after, or never where misses have no consequence: what staff or the family noted says more.
-- name: misses(first_at, until_at)
SELECT s.centre_id, COUNT(*) AS missed
FROM (
    SELECT b.session_id, a.starts_at
    FROM attendance AS a
    INNER JOIN booking AS b ON b.id = a.booking_id
    WHERE a.arrived_at IS NOT NULL AND a.starts_at >= :first_at AND a.starts_at < :until_at
    UNION
    SELECT b.session_id, a.starts_at
    FROM attendance AS a
    INNER JOIN booking AS b ON b.id = a.booking_id
    WHERE a.is_missed AND NOT a.is_excused AND a.starts_at >= :first_at AND a.starts_at < :until_at
) AS held
INNER JOIN session AS s ON s.id = held.session_id
INNER JOIN place AS p ON p.session_id = held.session_id AND p.is_active
INNER JOIN booking AS b ON b.id = p.booking_id AND b.state = 'booked' AND b.booked_at <= held.starts_at
LEFT JOIN attendance AS a
    ON a.booking_id = p.booking_id AND a.participant_id = p.participant_id AND a.starts_at = held.starts_at
WHERE a.booking_id IS NULL OR (a.is_missed AND NOT a.is_excused)
GROUP BY s.centre_id;

-- Sessions of which the last day lies in the period, as far as they were held.
-- name: places(first_at, until_at)
SELECT centre_id, SUM(places) AS places, SUM(CASE WHEN taken < places THEN taken ELSE places END) AS taken
FROM session
WHERE state = 'planned' AND ends_at >= :first_at AND ends_at < :until_at
GROUP BY centre_id;

-- Who waits for a place in what is to come; whatever a period is, this is as of now. The few that have a line
-- are looked for first: in the order of centres every session would be read.
-- name: waiting(now_at)
SELECT centre_id, SUM(waiting) AS waiting
FROM session
WHERE id IN (
    SELECT s.id FROM session AS s
    WHERE s.starts_at > :now_at AND (s.waiting > 0 OR s.offered > 0 OR s.has_draw)
)
GROUP BY centre_id;

-- name: unserved(first_at, until_at)
SELECT s.centre_id, COUNT(*) AS unserved
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id
WHERE b.ended = 'not_served' AND b.ended_at >= :first_at AND b.ended_at < :until_at
GROUP BY s.centre_id;

-- Those that are open and those that were closed since: two indexes, one for each.
-- name: cases(first_at, until_at, now_at)
SELECT
    centre_id,
    SUM(CASE WHEN opened_at >= :first_at AND opened_at < :until_at THEN 1 ELSE 0 END) AS opened,
    SUM(
        CASE WHEN state = 'closed' AND closed_at >= :first_at AND closed_at < :until_at THEN 1 ELSE 0 END
    ) AS closed,
    SUM(
        CASE
            WHEN state = 'closed_provisionally' AND closed_at >= :first_at AND closed_at < :until_at THEN 1
            ELSE 0
        END
    ) AS in_silence,
    SUM(CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END) AS still_open,
    SUM(
        CASE
            WHEN
                closed_at IS NULL AND due_at < :now_at
                AND state NOT IN ('explained', 'rectified', 'duplicate', 'appealed')
                THEN 1
            ELSE 0
        END
    ) AS overdue
FROM (
    SELECT centre_id, state, opened_at, due_at, closed_at FROM case_file WHERE closed_at IS NULL
    UNION ALL
    SELECT centre_id, state, opened_at, due_at, closed_at FROM case_file WHERE closed_at >= :first_at
) AS c
GROUP BY centre_id;

-- name: put(centre_id, cadence, first_on, very_bad, bad, fair, good, very_good, unverified, activities, people, places, taken, arrived, missed, waiting, unserved, opened, closed, in_silence, still_open, overdue)
INSERT INTO counted (
    centre_id, cadence, first_on, very_bad, bad, fair, good, very_good, unverified, activities, people, places,
    taken, arrived, missed, waiting, unserved, opened, closed, in_silence, still_open, overdue
) VALUES (
    :centre_id, :cadence, :first_on, :very_bad, :bad, :fair, :good, :very_good, :unverified, :activities,
    :people, :places, :taken, :arrived, :missed, :waiting, :unserved, :opened, :closed, :in_silence,
    :still_open, :overdue
)
ON CONFLICT DO NOTHING;

-- name: periods(cadence, since_on)
SELECT DISTINCT first_on FROM counted WHERE cadence = :cadence AND first_on >= :since_on ORDER BY first_on;

-- name: of_centre(centre_id, cadence, since_on, last_on)
SELECT
    centre_id, first_on, very_bad, bad, fair, good, very_good, unverified, activities, people, places, taken,
    arrived, missed, waiting, unserved, opened, closed, in_silence, still_open, overdue
FROM counted
WHERE
    cadence = :cadence AND centre_id = :centre_id AND first_on >= :since_on AND first_on <= :last_on
ORDER BY first_on;

-- name: of_all(cadence, since_on, last_on)
SELECT
    centre_id, first_on, very_bad, bad, fair, good, very_good, unverified, activities, people, places, taken,
    arrived, missed, waiting, unserved, opened, closed, in_silence, still_open, overdue
FROM counted
WHERE cadence = :cadence AND first_on >= :since_on AND first_on <= :last_on
ORDER BY first_on, centre_id;
