-- Template messages and subscription notices of WeChat: of which messages, and how many more somebody agreed to.

-- What waits in a conversation, as in `pending` of wechat.sql, and was not told of yet: without what is left until
-- the morning, which ends from `held_at` on, and without what may have been told of a moment ago. Nothing to whom
-- nothing arrives at any more.
-- name: untold(conversation_id, now_at, held_at, unknown_since_at)
SELECT o.id, o.number, o.view
FROM outbox AS o
WHERE
    o.conversation_id = :conversation_id AND o.state IN ('waiting', 'leased') AND o.view <> ''
    AND (o.due_at <= :now_at OR o.attempts > 0)
    AND (o.expires_at IS NULL OR (o.expires_at > :now_at AND o.expires_at < :held_at))
    AND EXISTS (SELECT 1 FROM conversation AS c WHERE c.id = o.conversation_id AND c.gone_at IS NULL)
    AND NOT EXISTS (
        SELECT 1
        FROM wechat_notice AS n
        WHERE
            n.conversation_id = o.conversation_id AND n.number = o.number
            AND (
                n.state IN ('sent', 'arrived')
                OR (n.state = 'sending' AND n.route = 'subscription' AND n.sent_at > :unknown_since_at)
            )
    )
ORDER BY o.number;

-- Once on each route; again only while nobody knows whether it went out.
-- name: begin(conversation_id, number, route, template_id, sent_at)
INSERT INTO wechat_notice (conversation_id, number, route, template_id, state, sent_at)
VALUES (:conversation_id, :number, :route, :template_id, 'sending', :sent_at)
ON CONFLICT (conversation_id, number, route) DO UPDATE
SET template_id = excluded.template_id, sent_at = excluded.sent_at
WHERE wechat_notice.state = 'sending'
RETURNING number;

-- name: take_back(conversation_id, number, route)
DELETE FROM wechat_notice
WHERE conversation_id = :conversation_id AND number = :number AND route = :route AND state = 'sending';

-- A report may have come before; then it stands.
-- name: end(conversation_id, number, route, state, reported_as)
UPDATE wechat_notice
SET state = :state, reported_as = CAST(:reported_as AS TEXT)
WHERE conversation_id = :conversation_id AND number = :number AND route = :route AND state = 'sending'
RETURNING number;

-- By its number, else the last of which no number is known: for a subscription notice none is given.
-- name: report(conversation_id, route, template_id, reported_as, state)
UPDATE wechat_notice
SET state = :state, reported_as = :reported_as
WHERE
    conversation_id = :conversation_id AND route = :route AND state IN ('sending', 'sent')
    AND number = (
        SELECT n.number
        FROM wechat_notice AS n
        WHERE
            n.conversation_id = :conversation_id AND n.route = :route AND n.state IN ('sending', 'sent')
            AND n.template_id = COALESCE(CAST(:template_id AS TEXT), n.template_id)
            AND (n.reported_as IS NULL OR n.reported_as = :reported_as)
        ORDER BY CASE WHEN n.reported_as IS NULL THEN 1 ELSE 0 END, n.sent_at DESC, n.number DESC
        LIMIT 1
    )
RETURNING number;

-- name: forget_old(conversation_id, before_at)
DELETE FROM wechat_notice WHERE conversation_id = :conversation_id AND sent_at < :before_at;

-- name: agree(conversation_id, template_id, event_id)
INSERT INTO wechat_credit (conversation_id, template_id, credits, event_id)
VALUES (:conversation_id, :template_id, 1, :event_id)
ON CONFLICT (conversation_id, template_id) DO UPDATE
SET credits = wechat_credit.credits + 1, event_id = excluded.event_id
WHERE wechat_credit.event_id <> excluded.event_id;

-- name: credits(conversation_id, template_id)
SELECT credits FROM wechat_credit WHERE conversation_id = :conversation_id AND template_id = :template_id;

-- name: use_credit(conversation_id, template_id)
UPDATE wechat_credit
SET credits = credits - 1
WHERE conversation_id = :conversation_id AND template_id = :template_id AND credits > 0;

-- name: no_credit(conversation_id, template_id)
UPDATE wechat_credit SET credits = 0 WHERE conversation_id = :conversation_id AND template_id = :template_id;

-- name: no_credits(conversation_id)
UPDATE wechat_credit SET credits = 0 WHERE conversation_id = :conversation_id;
