-- Children who are expected and of whom nothing is known, and those whom nobody has fetched.

-- Meetings that began in this span of time; who was asked about already is left out by the message's key.
-- name: not_there(begins, first_at, last_at, most)
SELECT
    b.id AS booking_id, b.session_id, b.family_id, who.id AS participant_id, who.alias,
    m.starts_at, m.ends_at, s.activity_id, s.centre_id
FROM meeting AS m
INNER JOIN session AS s ON s.id = m.session_id AND s.state = 'planned'
INNER JOIN booking AS b ON b.session_id = s.id AND b.state = 'booked'
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN participant AS who ON who.id = p.participant_id AND who.kind = 'child'
WHERE
    m.starts_at >= :first_at AND m.starts_at <= :last_at
    AND NOT EXISTS (
        SELECT 1
        FROM attendance AS a
        WHERE a.booking_id = b.id AND a.participant_id = who.id AND a.starts_at = m.starts_at
    )
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS o WHERE o.unique_key = CAST(:begins AS TEXT) || b.id || ' ' || who.id
    )
ORDER BY m.starts_at, b.id, who.id
LIMIT :most;

-- Meetings that ended in this span of time.
-- name: not_fetched(begins, first_at, last_at, most)
SELECT
    b.id AS booking_id, b.session_id, b.family_id, who.id AS participant_id, who.alias,
    m.starts_at, m.ends_at, s.activity_id, s.centre_id
FROM meeting AS m
INNER JOIN session AS s ON s.id = m.session_id AND s.state = 'planned'
INNER JOIN booking AS b ON b.session_id = s.id AND b.state = 'booked'
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN participant AS who ON who.id = p.participant_id AND who.kind = 'child'
INNER JOIN attendance AS a ON a.booking_id = b.id AND a.participant_id = who.id AND a.starts_at = m.starts_at
WHERE
    m.ends_at >= :first_at AND m.ends_at <= :last_at
    AND a.arrived_at IS NOT NULL AND a.left_at IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS o WHERE o.unique_key = CAST(:begins AS TEXT) || b.id || ' ' || who.id
    )
ORDER BY m.ends_at, b.id, who.id
LIMIT :most;

-- The meeting that runs, or is about to, of a booking of the family.
-- name: meeting_now(booking_id, family_id, first_at, last_at)
SELECT m.starts_at
FROM booking AS b
INNER JOIN meeting AS m ON m.session_id = b.session_id
WHERE
    b.id = :booking_id AND b.family_id = :family_id AND b.state = 'booked'
    AND m.starts_at <= :last_at AND m.ends_at >= :first_at
ORDER BY m.starts_at
LIMIT 1;

-- Only where nobody has noted anything: what staff saw stands.
-- name: note_told(booking_id, participant_id, starts_at, arrived_at, is_missed)
INSERT INTO attendance (
    booking_id, participant_id, starts_at, arrived_at, is_missed, is_excused, noted_by
) VALUES (:booking_id, :participant_id, :starts_at, :arrived_at, :is_missed, :is_missed, 'family')
ON CONFLICT (booking_id, participant_id, starts_at) DO NOTHING
RETURNING participant_id;
