-- What is looked at to tell which ratings are suspicious. Nothing here changes a rating.

-- name: leave_trace(rating_id, month, trace)
INSERT INTO rating_trace (rating_id, month, trace) VALUES (:rating_id, :month, :trace);

-- A resident who was erased since counts as one of their own.
-- name: of_trace(trace, since_at, most)
SELECT
    r.id, COALESCE(r.conversation_id, r.id) AS who, r.made_at,
    EXISTS (SELECT 1 FROM rating_flag AS f WHERE f.rating_id = r.id AND f.flag = 'device') AS is_flagged
FROM rating_trace AS t
INNER JOIN rating AS r ON r.id = t.rating_id
WHERE t.trace = :trace AND r.made_at >= :since_at AND r.is_current
ORDER BY r.made_at DESC, r.id DESC
LIMIT :most;

-- name: forget_traces(month)
DELETE FROM rating_trace WHERE month < :month RETURNING rating_id;

-- name: forget_traces_of(conversation_id)
DELETE FROM rating_trace
WHERE rating_id IN (SELECT r.id FROM rating AS r WHERE r.conversation_id = :conversation_id);

-- What a rating was flagged for stays with the one that takes its place.
-- name: carry_flags(was_id, id)
INSERT INTO rating_flag (rating_id, flag)
SELECT CAST(:id AS TEXT), f.flag FROM rating_flag AS f WHERE f.rating_id = :was_id
ON CONFLICT DO NOTHING;

-- name: not_verified_since(since_at)
SELECT id, centre_id, made_at
FROM rating
WHERE made_at > :since_at AND how IN ('door', 'said') AND is_current
ORDER BY made_at, id;

-- What was flagged must not become usual.
-- name: usual(centre_id, first_on, until_on)
SELECT COUNT(*) AS ratings, MIN(r.rated_on) AS first_on
FROM rating AS r
WHERE
    r.centre_id = :centre_id AND r.rated_on >= :first_on AND r.rated_on < :until_on
    AND r.how IN ('door', 'said') AND r.is_current
    AND NOT EXISTS (SELECT 1 FROM rating_flag AS f WHERE f.rating_id = r.id);

-- Who was checked in last before the rating, of whoever came with that booking.
-- name: after_visits_since(since_at)
SELECT
    r.id, b.session_id, r.rated_on, r.made_at,
    (
        SELECT MAX(a.arrived_at) FROM attendance AS a
        WHERE a.booking_id = r.booking_id AND a.arrived_at <= r.made_at
    ) AS arrived_at
FROM rating AS r
INNER JOIN booking AS b ON b.id = r.booking_id
WHERE r.made_at > :since_at AND r.how = 'attended' AND r.is_current
ORDER BY r.made_at, r.id;

-- name: flagged_since(flag, since_at)
SELECT f.rating_id
FROM rating_flag AS f
INNER JOIN rating AS r ON r.id = f.rating_id
WHERE f.flag = :flag AND r.made_at > :since_at;
