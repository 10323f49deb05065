-- News that a family has to hear in time; see family_news in storage/migrations/0017_call_list.sql.

-- The same message twice is one piece of news.
-- name: note(booking_id, news, message_key, made_at)
INSERT INTO family_news (booking_id, number, news, message_key, made_at)
SELECT
    CAST(:booking_id AS TEXT), COALESCE(MAX(n.number), 0) + 1, CAST(:news AS TEXT), CAST(:message_key AS TEXT),
    :made_at
FROM family_news AS n
WHERE n.booking_id = :booking_id
HAVING
    COUNT(CASE WHEN n.message_key = CAST(:message_key AS TEXT) THEN 1 END) = 0;

-- Of each booking the last, while it matters, and unless it was delivered. On the page it stands in the
-- conversation: whoever spoke there since has it before them. An offer that was answered or is over, and what a
-- family gave up itself, matter no more. Of what waits in WeChat they may have been told beside the conversation.
-- name: of_centre(centre_id, since_on, now_at)
SELECT
    n.booking_id, n.number, n.news, n.made_at, n.told_at, b.code, b.size, b.phone, b.offer_until_at,
    s.activity_id, s.starts_at,
    CASE WHEN n.message_key IS NULL THEN 'nowhere' WHEN o.state = 'dead' THEN 'refused' ELSE 'unread' END AS why
FROM session AS s
INNER JOIN booking AS b ON b.session_id = s.id
INNER JOIN family_news AS n ON n.booking_id = b.id
LEFT JOIN outbox AS o ON o.unique_key = n.message_key
LEFT JOIN conversation AS c ON c.id = o.conversation_id
WHERE
    s.centre_id = :centre_id AND s.held_on >= :since_on AND s.starts_at > :now_at
    AND n.called_at IS NULL
    AND (
        (n.news = 'offered' AND b.state = 'offered')
        OR (n.news = 'called_off' AND b.ended = 'called_off')
        OR (n.news IN ('moved', 'held') AND b.state <> 'let_go')
    )
    AND (o.id IS NULL OR NOT (o.state = 'sent' OR (c.channel = 'web' AND c.seen_at > o.created_at)))
    AND NOT EXISTS (
        SELECT 1
        FROM wechat_notice AS w
        WHERE w.conversation_id = o.conversation_id AND w.number = o.number AND w.state IN ('sent', 'arrived')
    )
    AND n.number = (SELECT MAX(l.number) FROM family_news AS l WHERE l.booking_id = n.booking_id)
ORDER BY s.starts_at, b.code;

-- name: mark_told(booking_id, number, told_at)
UPDATE family_news SET told_at = :told_at WHERE booking_id = :booking_id AND number = :number;

-- name: take_back_call(booking_id, number, called_by)
UPDATE family_news SET called_at = NULL, called_by = NULL
WHERE booking_id = :booking_id AND number = :number AND called_by = :called_by
RETURNING booking_id;

-- name: mark_called(centre_id, booking_id, number, called_at, called_by)
UPDATE family_news SET called_at = :called_at, called_by = :called_by
WHERE
    booking_id = :booking_id AND number = :number AND called_at IS NULL
    AND EXISTS (
        SELECT 1 FROM booking AS b INNER JOIN session AS s ON s.id = b.session_id
        WHERE b.id = family_news.booking_id AND s.centre_id = :centre_id
    )
RETURNING booking_id;

-- Where somebody may have to be called of what was noted since then.
-- name: centres(now_at, noted_since_at)
SELECT DISTINCT s.centre_id
FROM family_news AS n
INNER JOIN booking AS b ON b.id = n.booking_id
INNER JOIN session AS s ON s.id = b.session_id
LEFT JOIN outbox AS o ON o.unique_key = n.message_key
WHERE n.made_at >= :noted_since_at AND n.called_at IS NULL AND s.starts_at > :now_at AND (o.state IS NULL OR o.state <> 'sent')
ORDER BY s.centre_id;

-- What is of sessions that are over.
-- name: forget(made_before_at, now_at)
DELETE FROM family_news
WHERE
    made_at < :made_before_at
    AND NOT EXISTS (
        SELECT 1 FROM booking AS b INNER JOIN session AS s ON s.id = b.session_id
        WHERE b.id = family_news.booking_id AND s.starts_at > :now_at
    );
