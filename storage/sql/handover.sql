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

-- A code that was taken back fetches the child as before.
-- name: unuse_code(booking_id, participant_id, starts_at)
UPDATE pickup_code SET used_at = NULL, used_by = NULL
WHERE booking_id = :booking_id AND participant_id = :participant_id AND starts_at = :starts_at
RETURNING code_hash;

-- Nobody finds a code of another centre.
-- name: of_code(code_hash, centre_id)
SELECT
    c.booking_id, c.participant_id, s.id AS session_id, c.starts_at, c.expires_at, c.used_at
FROM pickup_code AS c
INNER JOIN booking AS b ON b.id = c.booking_id AND b.state = 'booked'
INNER JOIN session AS s ON s.id = b.session_id AND s.centre_id = :centre_id
WHERE c.code_hash = :code_hash;

-- Who was not checked in is there, else nobody could fetch them. No row when they were fetched already.
-- name: note_handed(booking_id, participant_id, starts_at, handed_to, noted_by, now_at)
INSERT INTO attendance (
    booking_id, participant_id, starts_at, arrived_at, left_at, handed_to, is_missed, is_excused, noted_by
) VALUES (
    :booking_id, :participant_id, :starts_at, :now_at, :now_at, :handed_to, FALSE, FALSE, :noted_by
)
ON CONFLICT (booking_id, participant_id, starts_at) DO UPDATE
SET
    arrived_at = COALESCE(attendance.arrived_at, excluded.arrived_at), left_at = excluded.left_at,
    handed_to = excluded.handed_to, is_missed = FALSE, noted_by = excluded.noted_by
WHERE attendance.left_at IS NULL
RETURNING participant_id;

-- name: take_back(booking_id, participant_id, starts_at, arrived_at, is_missed)
UPDATE attendance
SET arrived_at = :arrived_at, left_at = NULL, handed_to = NULL, is_missed = :is_missed
WHERE
    booking_id = :booking_id AND participant_id = :participant_id AND starts_at = :starts_at
    AND handed_to IS NOT NULL
RETURNING participant_id;

-- name: forget_tries(before_at)
DELETE FROM wrong_fetch WHERE tried_at <= :before_at RETURNING id;

-- name: note_try(id, staff_id, tried_at)
INSERT INTO wrong_fetch (id, staff_id, tried_at) VALUES (:id, :staff_id, :tried_at);

-- name: tries(staff_id, since_at)
SELECT COUNT(*) AS tries FROM wrong_fetch WHERE staff_id = :staff_id AND tried_at > :since_at;

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

-- Children of a centre who came to a meeting of this span of time and have not left it.
-- name: still_there(centre_id, first_at, until_at)
SELECT
    b.id AS booking_id, b.code, who.id AS participant_id, who.alias, s.id AS session_id, s.activity_id, s.held_on,
    m.starts_at, m.ends_at
FROM session AS s
INNER JOIN meeting AS m ON m.session_id = s.id AND m.starts_at >= :first_at AND m.starts_at < :until_at
INNER JOIN booking AS b ON b.session_id = s.id AND b.state = 'booked'
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN participant AS who ON who.id = p.participant_id AND who.kind = 'child'
INNER JOIN attendance AS a ON a.booking_id = b.id AND a.participant_id = who.id AND a.starts_at = m.starts_at
WHERE s.centre_id = :centre_id AND s.state = 'planned' AND a.arrived_at IS NOT NULL AND a.left_at IS NULL
ORDER BY m.ends_at, b.made_at, b.id, who.created_at, who.id;

-- Who may fetch those children, as their guardians called them; no name is read.
-- name: fetchers(centre_id, first_at, until_at, today_on)
SELECT DISTINCT n.id AS name_id, n.participant_id, n.term, n.relation, n.sealed_at
FROM session AS s
INNER JOIN meeting AS m ON m.session_id = s.id AND m.starts_at >= :first_at AND m.starts_at < :until_at
INNER JOIN booking AS b ON b.session_id = s.id AND b.state = 'booked'
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN sealed_name AS n
    ON n.participant_id = p.participant_id AND n.centre_id = s.centre_id AND n.purpose = 'pick_up'
WHERE s.centre_id = :centre_id AND s.state = 'planned' AND n.relation IS NOT NULL AND n.expires_on >= :today_on
ORDER BY n.sealed_at, n.id;
