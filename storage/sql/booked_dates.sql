-- The dates of a family's bookings: of those it has, and of those that were cancelled lately.

-- Two halves, so that each has an index of its own. Who never had the place had nothing in a calendar, and
-- what a family asked to have erased is not told any more.
-- name: of_family(family_id, since_at)
SELECT
    b.id AS booking_id, b.code, s.activity_id, FALSE AS is_cancelled, s.is_provisional, b.version, b.made_at,
    b.booked_at, b.ended_at, s.moved_at, s.settled_at, s.starts_at AS begins_at, m.starts_at AS starts_at, m.ends_at
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id
INNER JOIN meeting AS m ON m.session_id = s.id
WHERE b.family_id = :family_id AND b.state <> 'let_go' AND b.state = 'booked' AND s.ends_at > :since_at
UNION ALL
SELECT
    b.id, b.code, s.activity_id, TRUE, s.is_provisional, b.version, b.made_at,
    b.booked_at, b.ended_at, s.moved_at, s.settled_at, s.starts_at, m.starts_at, m.ends_at
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id
INNER JOIN meeting AS m ON m.session_id = s.id
WHERE
    b.family_id = :family_id AND b.state = 'let_go' AND b.ended_at > :since_at
    AND b.booked_at IS NOT NULL AND b.ended IN ('cancelled', 'late', 'called_off')
ORDER BY begins_at, booking_id, starts_at;
