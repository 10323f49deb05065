-- Who may take a child home: one-time codes, and what was written down at the door.

-- A new code replaces the one before; one that was used stays.
-- name: put_code(booking_id, participant_id, starts_at, code_hash, made_at, expires_at)
INSERT INTO pickup_code (booking_id, participant_id, starts_at, code_hash, made_at, expires_at)
VALUES (:booking_id, :participant_id, :starts_at, :code_hash, :made_at, :expires_at)
ON CONFLICT (booking_id, participant_id, starts_at) DO UPDATE
SET code_hash = excluded.code_hash, made_at = excluded.made_at, expires_at = excluded.expires_at
WHERE pickup_code.used_at IS NULL
RETURNING code_hash;

-- name: use_code(code_hash, centre_id, used_by, used_at)
UPDATE pickup_code SET used_at = :used_at, used_by = :used_by
WHERE
    code_hash = :code_hash AND used_at IS NULL AND expires_at > :used_at
    AND EXISTS (
        SELECT 1
        FROM booking AS b
        INNER JOIN session AS s ON s.id = b.session_id
        WHERE b.id = pickup_code.booking_id AND b.state = 'booked' AND s.centre_id = :centre_id
    )
RETURNING booking_id, participant_id, starts_at;

-- name: forget_codes(before_at)
DELETE FROM pickup_code WHERE expires_at <= :before_at RETURNING code_hash;

-- A family's children, and the meetings of a span of time from which they are fetched.
-- name: meetings(family_id, first_at, last_at)
SELECT b.id AS booking_id, p.participant_id, s.id AS session_id, s.activity_id, m.starts_at, m.ends_at
FROM booking AS b
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN participant AS who ON who.id = p.participant_id AND who.kind = 'child'
INNER JOIN session AS s ON s.id = b.session_id AND s.state = 'planned'
INNER JOIN meeting AS m ON m.session_id = s.id
WHERE
    b.family_id = :family_id AND b.state = 'booked'
    AND m.ends_at > :first_at AND m.starts_at < :last_at
ORDER BY m.starts_at, p.participant_id, b.id;
