-- What centres announce. States: waiting -> telling -> told, or taken_back.

-- name: add(id, centre_id, said, made_at, goes_at, ends_at)
INSERT INTO announcement (id, centre_id, said, state, made_at, goes_at, ends_at, last_family, told)
VALUES (:id, :centre_id, :said, 'waiting', :made_at, :goes_at, :ends_at, '', 0);

-- name: of_centre(centre_id, most)
SELECT
    a.id, a.centre_id, a.said, a.state, a.made_at, a.goes_at, a.ends_at, a.last_family, a.told,
    COALESCE(a.arrived, (
        SELECT COUNT(*)
        FROM announced AS n
        INNER JOIN outbox AS o ON o.unique_key = n.news
        WHERE n.announcement_id = a.id AND o.state = 'sent'
    )) AS arrived
FROM announcement AS a
WHERE a.centre_id = :centre_id
ORDER BY a.made_at DESC, a.id DESC
LIMIT :most;

-- name: since(centre_id, since_at)
SELECT said, made_at
FROM announcement
WHERE centre_id = :centre_id AND made_at > :since_at AND state <> 'taken_back'
ORDER BY made_at, id;

-- Nobody has been told yet.
-- name: take_back(id)
UPDATE announcement SET state = 'taken_back', arrived = 0 WHERE id = :id AND state = 'waiting' RETURNING id;

-- name: due(now_at)
SELECT id
FROM announcement
WHERE arrived IS NULL AND ends_at > :now_at AND goes_at <= :now_at AND state IN ('waiting', 'telling')
ORDER BY goes_at, id;

-- Whoever changes the row tells the next families.
-- name: begin(id, now_at)
UPDATE announcement SET state = 'telling'
WHERE id = :id AND state IN ('waiting', 'telling') AND goes_at <= :now_at AND ends_at > :now_at
RETURNING id, centre_id, said, state, made_at, goes_at, ends_at, last_family, told, arrived;

-- name: note_told(id, state, last_family, times)
UPDATE announcement SET state = :state, last_family = :last_family, told = told + :times WHERE id = :id;

-- name: note_news(announcement_id, news)
INSERT INTO announced (announcement_id, news) VALUES (:announcement_id, :news) ON CONFLICT DO NOTHING;

-- name: over(now_at)
SELECT id FROM announcement WHERE arrived IS NULL AND ends_at <= :now_at ORDER BY ends_at, id;

-- name: settle(id)
UPDATE announcement
SET
    state = 'told',
    arrived = (
        SELECT COUNT(*)
        FROM announced AS n
        INNER JOIN outbox AS o ON o.unique_key = n.news
        WHERE n.announcement_id = :id AND o.state = 'sent'
    )
WHERE id = :id AND arrived IS NULL;

-- name: forget_news(announcement_id)
DELETE FROM announced WHERE announcement_id = :announcement_id;
