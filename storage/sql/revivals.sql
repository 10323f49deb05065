-- What a session had before it was called off, given back when that is taken back.

-- Of a booking that went with its session alone; no row when it ended otherwise, or somebody was erased since.
-- name: revive(id, state)
UPDATE booking
SET state = :state, ended = NULL, ended_at = NULL, version = version + 1
WHERE
    id = :id AND state = 'let_go' AND ended = 'called_off'
    AND NOT EXISTS (
        SELECT 1
        FROM place AS p
        INNER JOIN participant AS who ON who.id = p.participant_id
        WHERE p.booking_id = booking.id AND who.removed_at IS NOT NULL
    )
RETURNING id;

-- name: keep_phone(booking_id, phone, until_at)
INSERT INTO kept_phone (booking_id, phone, until_at) VALUES (:booking_id, :phone, :until_at)
ON CONFLICT (booking_id) DO UPDATE SET phone = excluded.phone, until_at = excluded.until_at;

-- Only somebody in line is called.
-- name: phone_again(booking_id)
UPDATE booking SET phone = (SELECT k.phone FROM kept_phone AS k WHERE k.booking_id = booking.id)
WHERE id = :booking_id AND state = 'waiting'
RETURNING id;

-- name: drop_phone(booking_id)
DELETE FROM kept_phone WHERE booking_id = :booking_id;

-- name: drop_phones(now_at)
DELETE FROM kept_phone WHERE until_at < :now_at RETURNING booking_id;

-- name: seat_again(booking_id, participant_id)
UPDATE place SET is_active = TRUE
WHERE booking_id = :booking_id AND participant_id = :participant_id AND NOT is_active
RETURNING participant_id;

-- name: fill(id, taken, waiting)
UPDATE session
SET
    taken = taken + :taken,
    waiting = waiting + :waiting,
    capacity = CASE WHEN places > taken + offered + :taken THEN places ELSE taken + offered + :taken END
WHERE id = :id AND state = 'planned'
RETURNING id;

-- name: mark(id, is_edited)
UPDATE session SET is_edited = :is_edited WHERE id = :id RETURNING id;

-- People with a place in this session who have one in another that meets in this span of time.
-- name: elsewhere(session_id, starts_at, ends_at)
SELECT DISTINCT p.participant_id
FROM place AS p
INNER JOIN booking AS b ON b.id = p.booking_id AND b.state = 'booked'
INNER JOIN place AS other
    ON other.participant_id = p.participant_id AND other.is_active AND other.session_id <> p.session_id
INNER JOIN booking AS o ON o.id = other.booking_id AND o.state = 'booked'
INNER JOIN meeting AS m ON m.session_id = other.session_id
WHERE p.session_id = :session_id AND p.is_active AND m.starts_at < :ends_at AND m.ends_at > :starts_at
ORDER BY p.participant_id;
