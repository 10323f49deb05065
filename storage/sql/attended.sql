-- Who came to how many days of a camp, which is a session of more than one day.

-- name: of_session(session_id)
SELECT
    b.id AS booking_id, b.code, b.family_id, who.id AS participant_id, who.alias, s.id AS session_id,
    s.activity_id, s.centre_id, s.held_on, s.last_on, COUNT(m.starts_at) AS held,
    COUNT(a.arrived_at) AS attended, MAX(m.starts_at) AS last_at
FROM session AS s
INNER JOIN booking AS b ON b.session_id = s.id AND b.state = 'booked'
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN participant AS who ON who.id = p.participant_id AND who.removed_at IS NULL
INNER JOIN meeting AS m ON m.session_id = s.id
LEFT JOIN attendance AS a ON a.booking_id = b.id AND a.participant_id = who.id AND a.starts_at = m.starts_at
WHERE s.id = :session_id AND s.state = 'planned' AND s.last_on > s.held_on
GROUP BY
    b.id, b.code, b.family_id, b.made_at, who.id, who.alias, who.created_at, s.id, s.activity_id, s.centre_id,
    s.held_on, s.last_on
ORDER BY b.made_at, b.id, who.created_at, who.id;

-- The last camp first.
-- name: of_family(family_id)
SELECT
    b.id AS booking_id, b.code, b.family_id, who.id AS participant_id, who.alias, s.id AS session_id,
    s.activity_id, s.centre_id, s.held_on, s.last_on, COUNT(m.starts_at) AS held,
    COUNT(a.arrived_at) AS attended, MAX(m.starts_at) AS last_at
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id AND s.state = 'planned' AND s.last_on > s.held_on
INNER JOIN place AS p ON p.booking_id = b.id AND p.is_active
INNER JOIN participant AS who ON who.id = p.participant_id AND who.removed_at IS NULL
INNER JOIN meeting AS m ON m.session_id = s.id
LEFT JOIN attendance AS a ON a.booking_id = b.id AND a.participant_id = who.id AND a.starts_at = m.starts_at
WHERE b.family_id = :family_id AND b.state = 'booked'
GROUP BY
    b.id, b.code, b.family_id, who.id, who.alias, who.created_at, s.id, s.activity_id, s.centre_id, s.held_on,
    s.last_on
ORDER BY s.held_on DESC, b.id, who.created_at, who.id;

-- Meetings of a centre's sessions that somebody had booked and at which nobody was checked in. The bookings are
-- found first: at one time people are checked in everywhere.
-- name: without_list(centre_id, first_at, until_at)
SELECT COUNT(*) AS meetings
FROM meeting AS m
INNER JOIN session AS s ON s.id = m.session_id
WHERE
    s.centre_id = :centre_id AND s.state = 'planned' AND s.taken > 0
    AND m.starts_at >= :first_at AND m.starts_at < :until_at
    AND NOT EXISTS (
        SELECT 1
        FROM attendance AS a
        WHERE
            a.arrived_at IS NOT NULL AND a.starts_at = m.starts_at
            AND a.booking_id IN (SELECT b.id FROM booking AS b WHERE b.session_id = s.id)
    );
