-- Who follows which centre, and on which ways they hear of it.

-- name: follow(centre_id, family_id, now_at)
INSERT INTO follow (centre_id, family_id, followed_at)
VALUES (:centre_id, :family_id, :now_at)
ON CONFLICT DO NOTHING
RETURNING centre_id;

-- name: unfollow(centre_id, family_id)
DELETE FROM follow WHERE centre_id = :centre_id AND family_id = :family_id RETURNING centre_id;

-- name: of_family(family_id)
SELECT centre_id FROM follow WHERE family_id = :family_id ORDER BY followed_at, centre_id;

-- name: hand_over(family_id, to_family)
INSERT INTO follow (centre_id, family_id, followed_at)
SELECT f.centre_id, :to_family, f.followed_at
FROM follow AS f
WHERE f.family_id = :family_id
ON CONFLICT DO NOTHING;

-- name: forget(family_id)
DELETE FROM follow WHERE family_id = :family_id;

-- Whoever reads in one conversation at least, in the order of their ids.
-- name: readers(centre_id, last_family, most)
SELECT f.family_id
FROM follow AS f
WHERE
    f.centre_id = :centre_id AND f.family_id > :last_family
    AND EXISTS (SELECT 1 FROM conversation AS c WHERE c.family_id = f.family_id AND c.address <> 'left ' || c.id)
ORDER BY f.family_id
LIMIT :most;

-- How many follow, by the channel in which news reach them (handlers/linked.py: where they were not blocked, in `push`,
-- names between blanks, if there is one, else the one used last), whether WeChat takes a message there now, and
-- whether nothing arrives there any more.
-- name: ways(centre_id, push, now_at)
SELECT w.channel, w.has_window, w.is_gone, COUNT(*) AS people
FROM (
    SELECT
        talk.channel,
        (
            SELECT COUNT(*)
            FROM wechat_window AS open
            WHERE open.conversation_id = talk.id AND open.pushes_left > 0 AND open.closes_at > :now_at
        ) > 0 AS has_window,
        talk.gone_at IS NOT NULL AS is_gone
    FROM follow AS f
    INNER JOIN conversation AS talk ON talk.id = (
        SELECT c.id
        FROM conversation AS c
        WHERE c.family_id = f.family_id AND c.address <> 'left ' || c.id
        ORDER BY
            c.gone_at IS NOT NULL, CASE WHEN :push LIKE '% ' || c.channel || ' %' THEN 0 ELSE 1 END, c.seen_at DESC,
            c.id
        LIMIT 1
    )
    WHERE f.centre_id = :centre_id
) AS w
GROUP BY w.channel, w.has_window, w.is_gone
ORDER BY w.channel, w.has_window, w.is_gone;

-- What a centre announced and this family has not heard yet, in whichever of its conversations it waits.
-- name: forget_news(centre_id, family_id)
DELETE FROM outbox
WHERE
    state IN ('waiting', 'leased')
    AND conversation_id IN (SELECT c.id FROM conversation AS c WHERE c.family_id = :family_id)
    AND EXISTS (
        SELECT 1
        FROM announcement AS a
        WHERE
            a.centre_id = :centre_id AND a.arrived IS NULL
            AND outbox.unique_key LIKE 'announced ' || a.id || ' %'
    );
