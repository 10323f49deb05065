-- Digests as they were sent, who wants which, and who was sent which.

-- name: add(id, place, cadence, first_on, view, quote_rating_id, made_at)
INSERT INTO digest (id, place, cadence, first_on, view, quote_rating_id, made_at)
VALUES (:id, :place, :cadence, :first_on, :view, CAST(:quote_rating_id AS TEXT), :made_at)
ON CONFLICT DO NOTHING;

-- name: make_anew(id, view, made_at)
UPDATE digest SET view = :view, made_at = :made_at WHERE id = :id;

-- name: of_id(id)
SELECT id, place, cadence, first_on, view, made_at, quote_rating_id FROM digest WHERE id = :id;

-- name: of_period(place, cadence, first_on)
SELECT id, place, cadence, first_on, view, made_at, quote_rating_id
FROM digest
WHERE place = :place AND cadence = :cadence AND first_on = :first_on;

-- Everybody who may read a digest, with what they wish. Whoever is staff talks somewhere.
-- name: readers(cadence, weekday, minute)
SELECT
    s.id AS staff_id, s.role, s.centre_id, s.subdistrict, s.conversation_id, s.since_at,
    COALESCE(w.cadence, :cadence) AS cadence, COALESCE(w.weekday, CAST(:weekday AS BIGINT)) AS weekday,
    COALESCE(w.minute, CAST(:minute AS BIGINT)) AS minute
FROM staff AS s
LEFT JOIN digest_wish AS w ON w.staff_id = s.id
WHERE s.revoked_at IS NULL AND s.role IN ('centre_manager', 'subdistrict', 'district')
ORDER BY s.id;

-- What is kept of a place, without what was said, the latest first.
-- name: of_place(place, most)
SELECT id, place, cadence, first_on, '' AS view, made_at, quote_rating_id
FROM digest
WHERE place = :place
ORDER BY first_on DESC, cadence
LIMIT :most;

-- name: wish_of(staff_id)
SELECT cadence, weekday, minute FROM digest_wish WHERE staff_id = :staff_id;

-- name: wish(staff_id, cadence, weekday, minute)
INSERT INTO digest_wish (staff_id, cadence, weekday, minute) VALUES (:staff_id, :cadence, :weekday, :minute)
ON CONFLICT (staff_id) DO UPDATE
SET cadence = excluded.cadence, weekday = excluded.weekday, minute = excluded.minute;

-- name: note_sent(staff_id, cadence, first_on, skipped, made_at)
INSERT INTO digest_sent (staff_id, cadence, first_on, skipped, made_at)
VALUES (:staff_id, :cadence, :first_on, CAST(:skipped AS TEXT), :made_at)
ON CONFLICT DO NOTHING
RETURNING staff_id;

-- name: sent(since_on)
SELECT staff_id, cadence, first_on FROM digest_sent WHERE first_on >= :since_on;
