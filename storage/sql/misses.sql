-- Who had a place and did not come; see attendance in storage/migrations/0004_bookings.sql.

-- Each booking once, however many meetings of a camp were missed.
-- name: counted(participant_id)
SELECT b.id AS booking_id, b.session_id, s.centre_id, MIN(a.starts_at) AS starts_at
FROM attendance AS a
INNER JOIN booking AS b ON b.id = a.booking_id
INNER JOIN session AS s ON s.id = b.session_id
WHERE a.participant_id = :participant_id AND a.is_missed AND NOT a.is_excused
GROUP BY b.id, b.session_id, s.centre_id
ORDER BY MIN(a.starts_at), b.id;

-- name: to_mark(after_at, before_at)
SELECT s.id AS session_id
FROM session AS s
WHERE
    s.ends_at > :after_at AND s.ends_at <= :before_at AND s.state = 'planned'
    AND EXISTS (
        SELECT 1
        FROM meeting AS m
        INNER JOIN booking AS b ON b.session_id = m.session_id AND b.state = 'booked' AND b.booked_at <= m.starts_at
        INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
        LEFT JOIN attendance AS a
            ON a.booking_id = b.id AND a.participant_id = p.participant_id AND a.starts_at = m.starts_at
        WHERE
            m.session_id = s.id AND a.booking_id IS NULL
            AND EXISTS (
                SELECT 1
                FROM attendance AS kept
                INNER JOIN booking AS theirs ON theirs.id = kept.booking_id
                WHERE theirs.session_id = s.id AND kept.starts_at = m.starts_at AND kept.arrived_at IS NOT NULL
            )
    )
ORDER BY s.id;

-- Only of meetings at which somebody was checked in, and not of those before the place was booked. A row that
-- is there says more: they came, or staff noted it.
-- name: mark(session_id, noted_by)
INSERT INTO attendance (booking_id, participant_id, starts_at, is_missed, is_excused, noted_by)
SELECT b.id, p.participant_id, m.starts_at, TRUE, FALSE, CAST(:noted_by AS TEXT)
FROM booking AS b
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN meeting AS m ON m.session_id = b.session_id AND m.starts_at >= b.booked_at
WHERE
    b.session_id = :session_id AND b.state = 'booked'
    AND EXISTS (
        SELECT 1
        FROM attendance AS kept
        INNER JOIN booking AS theirs ON theirs.id = kept.booking_id
        WHERE
            theirs.session_id = :session_id AND kept.starts_at = m.starts_at AND kept.arrived_at IS NOT NULL
    )
ON CONFLICT DO NOTHING
RETURNING booking_id, participant_id;

-- name: excuse(code, session_id, noted_by)
UPDATE attendance
SET is_excused = TRUE, noted_by = :noted_by
WHERE
    is_missed AND NOT is_excused
    AND booking_id = (SELECT b.id FROM booking AS b WHERE b.code = :code AND b.session_id = :session_id)
RETURNING participant_id;
