-- How the channels are: what came in, what went out, what did not. Counts alone, for the operator.

-- What was said last, whatever became of it: ids sort by the time they were made, so that this costs the same however
-- much was ever said. `seen_at`: when what was answered came in.
-- name: lately(newest)
SELECT c.channel, COUNT(*) AS messages, MAX(i.received_at) AS seen_at, MAX(o.sent_at) AS sent_at
FROM (
    SELECT conversation_id, number, sent_at
    FROM outbox
    ORDER BY id DESC
    LIMIT :newest
) AS o
INNER JOIN conversation AS c ON c.id = o.conversation_id
LEFT JOIN inbox AS i ON i.conversation_id = o.conversation_id AND i.number = o.number
GROUP BY c.channel
ORDER BY c.channel;

-- What has not arrived, from the index that holds nothing else: all that waits, and the ends of the last week.
-- `residents`: how many it is for.
-- name: troubles(day_at, week_at)
SELECT
    c.channel, o.state, o.last_error,
    SUM(CASE WHEN o.created_at >= :day_at THEN 1 ELSE 0 END) AS of_day,
    SUM(CASE WHEN o.created_at >= :week_at THEN 1 ELSE 0 END) AS of_week,
    COUNT(*) AS listed,
    COUNT(DISTINCT o.conversation_id) AS residents
FROM outbox AS o
INNER JOIN conversation AS c ON c.id = o.conversation_id
WHERE
    o.state <> 'sent' AND o.state IN ('waiting', 'leased', 'expired', 'dead')
    AND (o.state IN ('waiting', 'leased') OR o.created_at >= :week_at)
GROUP BY c.channel, o.state, o.last_error
ORDER BY c.channel, o.state, o.last_error;

-- name: allowance(now_at)
SELECT COUNT(DISTINCT conversation_id) AS residents, CAST(COALESCE(SUM(pushes_left), 0) AS BIGINT) AS pushes
FROM wechat_window
WHERE closes_at > :now_at AND pushes_left > 0;

-- name: notices(week_at)
SELECT route, state, COUNT(*) AS times
FROM wechat_notice
WHERE sent_at >= :week_at
GROUP BY route, state
ORDER BY route, state;
