-- What WeChat shows, pulls and still takes of somebody.

-- name: thread(channel, address)
SELECT
    c.id, c.last_number,
    COALESCE((SELECT MAX(i.number) FROM inbox AS i WHERE i.conversation_id = c.id), 0) AS answered_number
FROM conversation AS c
WHERE c.channel = :channel AND c.address = :address;

-- name: shown(conversation_id, message_id)
SELECT numbers, page FROM wechat_shown WHERE conversation_id = :conversation_id AND message_id = :message_id;

-- The last that was shown since the last answer.
-- name: newest_shown(conversation_id, number)
SELECT numbers, page
FROM wechat_shown
WHERE conversation_id = :conversation_id AND last_number >= :number
ORDER BY last_number DESC, shown_at DESC, page DESC
LIMIT 1;

-- name: note_shown(conversation_id, message_id, numbers, page, number, shown_at)
INSERT INTO wechat_shown (conversation_id, message_id, numbers, page, last_number, shown_at)
VALUES (:conversation_id, :message_id, :numbers, :page, :number, :shown_at)
ON CONFLICT DO NOTHING;

-- name: forget_shown(conversation_id, message_id)
DELETE FROM wechat_shown WHERE conversation_id = :conversation_id AND message_id = :message_id;

-- name: forget_old_shown(conversation_id, before_at)
DELETE FROM wechat_shown WHERE conversation_id = :conversation_id AND shown_at < :before_at;

-- name: said(conversation_id, number)
SELECT view FROM outbox WHERE conversation_id = :conversation_id AND number = :number AND view <> '';

-- What is due, and what was due and found nobody; what is for later stays for later.
-- name: pending(conversation_id, now_at, most)
SELECT number
FROM outbox
WHERE
    conversation_id = :conversation_id AND state = 'waiting' AND view <> ''
    AND (due_at <= :now_at OR attempts > 0)
    AND (expires_at IS NULL OR expires_at > :now_at)
ORDER BY number
LIMIT :most;

-- name: hand_over(conversation_id, number, now_at)
UPDATE outbox
SET state = 'sent', sent_at = :now_at, last_error = NULL
WHERE conversation_id = :conversation_id AND number = :number AND state = 'waiting'
RETURNING number;

-- News keeps the end it has, and an answer has none.
-- name: put_back(conversation_id, number, now_at)
UPDATE outbox
SET state = 'waiting', sent_at = NULL, due_at = :now_at
WHERE conversation_id = :conversation_id AND number = :number AND state = 'sent' AND view <> '';

-- A push that comes again opens nothing again, also when another message was answered since.
-- name: open_window(conversation_id, kind, message_id, allowed, closes_at)
INSERT INTO wechat_window (conversation_id, kind, message_id, pushes_left, closes_at)
VALUES (:conversation_id, :kind, :message_id, :allowed, :closes_at)
ON CONFLICT (conversation_id, kind) DO UPDATE
SET message_id = excluded.message_id, pushes_left = excluded.pushes_left, closes_at = excluded.closes_at
WHERE
    wechat_window.message_id <> excluded.message_id
    AND NOT EXISTS (
        SELECT 1
        FROM inbox AS mine
        INNER JOIN inbox AS later ON later.conversation_id = mine.conversation_id AND later.number > mine.number
        WHERE
            mine.conversation_id = excluded.conversation_id AND mine.message_id = excluded.message_id
            AND later.message_id = wechat_window.message_id
    );

-- From the window that closes first.
-- name: take_push(conversation_id, now_at)
UPDATE wechat_window
SET pushes_left = pushes_left - 1
WHERE
    conversation_id = :conversation_id AND pushes_left > 0
    AND kind = (
        SELECT w.kind
        FROM wechat_window AS w
        WHERE w.conversation_id = :conversation_id AND w.pushes_left > 0 AND w.closes_at > :now_at
        ORDER BY w.closes_at, w.kind
        LIMIT 1
    )
RETURNING kind, message_id;

-- Not into a window that was opened anew meanwhile: it has all its pushes, and this one was none of them.
-- name: give_back_push(conversation_id, kind, opened_by)
UPDATE wechat_window
SET pushes_left = pushes_left + 1
WHERE conversation_id = :conversation_id AND kind = :kind AND message_id = :opened_by;

-- Not one that was opened anew meanwhile: what WeChat refused was not counted in it.
-- name: close_window(conversation_id, kind, opened_by)
DELETE FROM wechat_window
WHERE conversation_id = :conversation_id AND kind = :kind AND message_id = :opened_by;

-- name: close_windows(conversation_id)
DELETE FROM wechat_window WHERE conversation_id = :conversation_id;
