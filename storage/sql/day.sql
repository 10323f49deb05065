-- A centre's day at a glance.

-- Of the meetings that begin in this span of time: how many people have a place, and how they stand.
-- name: came(centre_id, first_at, until_at)
SELECT
    m.session_id, m.starts_at, COUNT(p.participant_id) AS expected, COUNT(a.arrived_at) AS arrived,
    COUNT(a.left_at) AS gone, COALESCE(SUM(CASE WHEN a.is_missed THEN 1 ELSE 0 END), 0) AS missed
FROM meeting AS m
INNER JOIN session AS s ON s.id = m.session_id AND s.centre_id = :centre_id AND s.state = 'planned'
LEFT JOIN booking AS b ON b.session_id = s.id AND b.state = 'booked'
LEFT JOIN place AS p ON p.booking_id = b.id AND p.is_active
LEFT JOIN attendance AS a
    ON a.booking_id = b.id AND a.participant_id = p.participant_id AND a.starts_at = m.starts_at
WHERE m.starts_at >= :first_at AND m.starts_at < :until_at
GROUP BY m.session_id, m.starts_at
ORDER BY m.starts_at, m.session_id;
