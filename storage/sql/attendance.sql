-- Who came to which meeting; see also storage/sql/bookings.sql.

-- name: roster(session_id, starts_at)
SELECT
    b.id AS booking_id, b.code, who.id AS participant_id, who.alias,
    who.kind, b.is_walk_in, a.arrived_at, a.left_at, a.handed_to, COALESCE(a.is_missed, FALSE) AS is_missed
FROM booking AS b
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN participant AS who ON who.id = p.participant_id
LEFT JOIN attendance AS a
    ON a.booking_id = b.id AND a.participant_id = who.id AND a.starts_at = :starts_at
WHERE b.session_id = :session_id AND b.state = 'booked'
ORDER BY b.made_at, b.id, who.created_at, who.id;

-- name: note(booking_id, participant_id, starts_at, arrived_at, left_at, is_missed, noted_by)
INSERT INTO attendance (
    booking_id, participant_id, starts_at, arrived_at, left_at, is_missed, is_excused, noted_by
) VALUES (
    :booking_id, :participant_id, :starts_at, :arrived_at, :left_at, :is_missed, FALSE, :noted_by
)
ON CONFLICT (booking_id, participant_id, starts_at) DO UPDATE
SET
    arrived_at = excluded.arrived_at, left_at = excluded.left_at, is_missed = excluded.is_missed,
    noted_by = excluded.noted_by;

-- How a booking's participants stand in the meetings that begin in a span of time.
-- name: of_booking(booking_id, first_at, until_at)
SELECT
    a.booking_id, b.code, a.participant_id, who.alias, who.kind, b.is_walk_in, a.arrived_at, a.left_at,
    a.handed_to, a.is_missed
FROM attendance AS a
INNER JOIN booking AS b ON b.id = a.booking_id
INNER JOIN participant AS who ON who.id = a.participant_id
WHERE a.booking_id = :booking_id AND a.starts_at >= :first_at AND a.starts_at < :until_at
ORDER BY a.starts_at, who.created_at, who.id;

-- name: forget(booking_id, participant_id, starts_at)
DELETE FROM attendance
WHERE booking_id = :booking_id AND participant_id = :participant_id AND starts_at = :starts_at;
