-- Bookings and places. States: entered or waiting -> offered -> booked; let_go is the end.

-- No row when another booking of the session has the code already.
-- name: write(id, code, session_id, family_id, size, state, in_line, made_by, phone, made_at, booked_at)
INSERT INTO booking (
    id, code, session_id, family_id, size, state, in_line, passed_over, made_by, phone, made_at, booked_at, version
) VALUES (
    :id, :code, :session_id, :family_id, :size, :state, :in_line, 0, :made_by,
    CAST(:phone AS TEXT), :made_at, :booked_at, 0
)
ON CONFLICT (session_id, code) DO NOTHING
RETURNING id;

-- name: mark_walk_in(id)
UPDATE booking SET is_walk_in = TRUE WHERE id = :id RETURNING id;

-- No row when the participant has to be somewhere else then; whoever waits or is offered something there,
-- or is in this session already, breaks the index instead.
-- name: seat(booking_id, participant_id, session_id, family_id)
INSERT INTO place (booking_id, participant_id, session_id, is_active)
SELECT CAST(:booking_id AS TEXT), who.id, CAST(:session_id AS TEXT), TRUE
FROM participant AS who
WHERE
    who.id = :participant_id AND who.family_id = :family_id AND who.removed_at IS NULL
    AND NOT EXISTS (
        SELECT 1
        FROM place AS other
        INNER JOIN booking AS b ON b.id = other.booking_id AND b.state = 'booked'
        INNER JOIN meeting AS theirs ON theirs.session_id = other.session_id
        INNER JOIN meeting AS mine ON mine.session_id = :session_id
        WHERE
            other.participant_id = :participant_id AND other.is_active
            AND theirs.starts_at < mine.ends_at AND mine.starts_at < theirs.ends_at
    )
RETURNING participant_id;

-- name: clashes(participant_id, session_id)
SELECT DISTINCT other.session_id
FROM place AS other
INNER JOIN booking AS b ON b.id = other.booking_id AND b.state = 'booked'
INNER JOIN meeting AS theirs ON theirs.session_id = other.session_id
INNER JOIN meeting AS mine ON mine.session_id = :session_id
WHERE
    other.participant_id = :participant_id AND other.is_active AND other.session_id <> :session_id
    AND theirs.starts_at < mine.ends_at AND mine.starts_at < theirs.ends_at
ORDER BY other.session_id;

-- name: into_line(id, in_line)
UPDATE booking SET state = 'waiting', in_line = :in_line, booked_at = NULL, version = version + 1
WHERE id = :id
RETURNING id;

-- name: of_id(id)
SELECT
    id, code, session_id, family_id, size, state, ended, in_line, passed_over, made_by, phone, made_at,
    offered_at, offer_until_at, booked_at, ended_at, version
FROM booking
WHERE id = :id;

-- name: of_family(family_id, now_at)
SELECT
    b.id, b.code, b.session_id, b.family_id, b.size, b.state, b.ended, b.in_line, b.passed_over, b.made_by,
    b.phone, b.made_at, b.offered_at, b.offer_until_at, b.booked_at, b.ended_at, b.version
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id
WHERE b.family_id = :family_id AND b.state <> 'let_go' AND s.ends_at > :now_at
ORDER BY s.starts_at, b.id;

-- name: active_in(session_id, family_id)
SELECT place.participant_id, b.id AS booking_id, b.state
FROM booking AS b
INNER JOIN place ON place.booking_id = b.id AND place.is_active
WHERE b.family_id = :family_id AND b.session_id = :session_id AND b.state <> 'let_go'
ORDER BY place.participant_id;

-- name: of_session(session_id)
SELECT
    id, code, session_id, family_id, size, state, ended, in_line, passed_over, made_by, phone, made_at,
    offered_at, offer_until_at, booked_at, ended_at, version
FROM booking
WHERE session_id = :session_id AND state <> 'let_go'
ORDER BY made_at, id;

-- name: line(session_id, most)
SELECT
    id, code, session_id, family_id, size, state, ended, in_line, passed_over, made_by, phone, made_at,
    offered_at, offer_until_at, booked_at, ended_at, version
FROM booking
WHERE session_id = :session_id AND state = 'waiting'
ORDER BY in_line
LIMIT :most;

-- name: lapsed(now_at, most)
SELECT
    id, code, session_id, family_id, size, state, ended, in_line, passed_over, made_by, phone, made_at,
    offered_at, offer_until_at, booked_at, ended_at, version
FROM booking
WHERE state = 'offered' AND offer_until_at <= :now_at
ORDER BY offer_until_at, id
LIMIT :most;

-- Families without a conversation are called, not reminded.
-- name: to_remind(begins, first_at, last_at, most)
SELECT
    b.id, b.code, b.session_id, b.family_id, b.size, b.state, b.ended, b.in_line, b.passed_over, b.made_by,
    b.phone, b.made_at, b.offered_at, b.offer_until_at, b.booked_at, b.ended_at, b.version
FROM session AS s
INNER JOIN booking AS b ON b.session_id = s.id AND b.state = 'booked'
WHERE
    s.starts_at > :first_at AND s.starts_at <= :last_at AND s.state = 'planned'
    AND EXISTS (SELECT 1 FROM conversation AS c WHERE c.family_id = b.family_id)
    AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.unique_key = CAST(:begins AS TEXT) || b.id)
ORDER BY s.starts_at, b.id
LIMIT :most;

-- name: place_in_line(session_id, in_line)
SELECT COUNT(*) AS parties FROM booking WHERE session_id = :session_id AND state = 'waiting' AND in_line <= :in_line;

-- name: who(booking_id, is_all)
SELECT p.id, p.family_id, p.kind, p.alias, p.born_on, p.grade, p.grade_year
FROM place
INNER JOIN participant AS p ON p.id = place.participant_id
INNER JOIN booking AS b ON b.id = place.booking_id
WHERE place.booking_id = :booking_id AND (place.is_active OR (CAST(:is_all AS BOOLEAN) AND b.state = 'let_go'))
ORDER BY p.created_at, p.kind, p.alias;

-- Places of a family's children and others in a span of time, for the cap.
-- An entry for a draw counts from the start, so that what is won is never too much.
-- name: places_between(family_id, first_at, last_at)
SELECT COUNT(*) AS places
FROM booking AS b
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN session AS s ON s.id = b.session_id
WHERE
    b.family_id = :family_id AND b.state IN ('booked', 'offered', 'entered')
    AND s.starts_at >= :first_at AND s.starts_at < :last_at;

-- name: offer(id, offered_at, offer_until_at)
UPDATE booking
SET state = 'offered', offered_at = :offered_at, offer_until_at = :offer_until_at, version = version + 1
WHERE id = :id AND state = 'waiting'
RETURNING id;

-- name: pass_over(id, times)
UPDATE booking SET passed_over = passed_over + :times WHERE id = :id AND state = 'waiting' RETURNING passed_over;

-- name: book(id, booked_at)
UPDATE booking
SET state = 'booked', booked_at = :booked_at, offer_until_at = NULL, phone = NULL, version = version + 1
WHERE id = :id AND state IN ('offered', 'waiting', 'entered')
RETURNING id;

-- To the end of the line: the place that was not taken goes to the others first.
-- name: back_into_line(id, in_line)
UPDATE booking
SET state = 'waiting', in_line = :in_line, offer_until_at = NULL, version = version + 1
WHERE id = :id AND state = 'offered'
RETURNING id;

-- name: let_go(id, ended, ended_at)
UPDATE booking
SET
    state = 'let_go', ended = :ended, ended_at = :ended_at, offer_until_at = NULL, phone = NULL,
    version = version + 1
WHERE id = :id AND state <> 'let_go'
RETURNING id;

-- name: free_places(booking_id)
UPDATE place SET is_active = FALSE WHERE booking_id = :booking_id AND is_active RETURNING participant_id;

-- name: free_place(booking_id, participant_id)
UPDATE place SET is_active = FALSE
WHERE booking_id = :booking_id AND participant_id = :participant_id AND is_active
RETURNING participant_id;

-- name: smaller(id)
UPDATE booking SET size = size - 1, version = version + 1 WHERE id = :id AND size > 1 RETURNING size;

-- name: note_phone(id, phone)
UPDATE booking SET phone = CAST(:phone AS TEXT) WHERE id = :id AND state IN ('waiting', 'offered') RETURNING id;

-- How far down the line places were given in sessions of this activity that are over.
-- name: served_in_line(activity_id, now_at)
SELECT
    s.id,
    SUM(CASE WHEN b.in_line IS NOT NULL AND b.booked_at IS NOT NULL THEN 1 ELSE 0 END) AS served
FROM session AS s
INNER JOIN booking AS b ON b.session_id = s.id AND b.in_line IS NOT NULL
WHERE s.activity_id = :activity_id AND s.ends_at <= :now_at AND s.state = 'planned'
GROUP BY s.id
ORDER BY s.id;
