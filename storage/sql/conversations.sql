-- name: find(channel, address)
SELECT id, channel, address, version, last_number, state, seen_at
FROM conversation
WHERE channel = :channel AND address = :address;

-- name: answered(channel, address, message_id)
SELECT
    c.id, c.channel, c.address, c.version, c.last_number, c.state, c.seen_at,
    i.number, i.intent, i.slots, o.view, s.id AS staff_id, s.role, s.centre_id, s.subdistrict
FROM conversation AS c
LEFT JOIN inbox AS i ON i.conversation_id = c.id AND i.message_id = :message_id
LEFT JOIN outbox AS o ON o.conversation_id = i.conversation_id AND o.number = i.number
LEFT JOIN staff AS s
    ON s.conversation_id = c.id AND s.revoked_at IS NULL AND s.channel = c.channel AND s.address = c.address
WHERE c.channel = :channel AND c.address = :address;

-- The update changes nothing; it makes RETURNING give the row that was there before.
-- name: create(id, channel, address, state, now_at)
INSERT INTO conversation (id, channel, address, version, last_number, state, created_at, seen_at)
VALUES (:id, :channel, :address, 0, 0, :state, :now_at, :now_at)
ON CONFLICT (channel, address) DO UPDATE SET address = excluded.address
RETURNING id, channel, address, version, last_number, state, seen_at;

-- name: advance(id, version, state, seen_at)
UPDATE conversation
SET version = version + 1, last_number = last_number + 1, state = :state, seen_at = :seen_at, gone_at = NULL
WHERE id = :id AND version = :version
RETURNING last_number;

-- name: note_gone(channel, address, gone_at)
UPDATE conversation SET gone_at = :gone_at WHERE channel = :channel AND address = :address;

-- name: state_of(id)
SELECT state FROM conversation WHERE id = :id;

-- name: remember(id, state)
UPDATE conversation SET version = version + 1, state = :state WHERE id = :id RETURNING version;

-- name: next_number(id)
UPDATE conversation SET last_number = last_number + 1 WHERE id = :id RETURNING last_number;

-- name: note_message(conversation_id, message_id, number, said, intent, slots, received_at)
INSERT INTO inbox (conversation_id, message_id, number, said, intent, slots, received_at)
VALUES (:conversation_id, :message_id, :number, :said, :intent, :slots, :received_at);

-- A turn in three steps. The message and the answer take the number that the conversation was just
-- advanced to; a message that is there already gives no row, and the turn is taken back.
-- name: note_turn(conversation_id, message_id, said, intent, slots, received_at)
INSERT INTO inbox (conversation_id, message_id, number, said, intent, slots, received_at)
SELECT c.id, :message_id, c.last_number, :said, :intent, :slots, :received_at
FROM conversation AS c
WHERE c.id = :conversation_id
ON CONFLICT DO NOTHING
RETURNING number;

-- name: say_answer(id, conversation_id, unique_key, view, state, now_at, sent_at)
INSERT INTO outbox (
    id, conversation_id, number, unique_key, view, state, due_at, attempts, created_at, sent_at
)
SELECT
    :id, c.id, c.last_number, :unique_key, :view, :state, :now_at, 0, :now_at, :sent_at
FROM conversation AS c
WHERE c.id = :conversation_id
RETURNING number;

-- What a page shows after a number: `following` gives the first lines, `transcript` the newest. Neither has what
-- was emptied, having been erased or grown old.
-- name: following(conversation_id, after_number, most)
SELECT o.number, i.message_id, i.said, i.intent, o.view, o.created_at
FROM outbox AS o
LEFT JOIN inbox AS i ON i.conversation_id = o.conversation_id AND i.number = o.number
WHERE o.conversation_id = :conversation_id AND o.number > :after_number AND o.view <> ''
ORDER BY o.number
LIMIT :most;

-- name: transcript(conversation_id, after_number, most)
SELECT newest.number, newest.message_id, newest.said, newest.intent, newest.view, newest.created_at
FROM (
    SELECT o.number, i.message_id, i.said, i.intent, o.view, o.created_at
    FROM outbox AS o
    LEFT JOIN inbox AS i ON i.conversation_id = o.conversation_id AND i.number = o.number
    WHERE o.conversation_id = :conversation_id AND o.number > :after_number AND o.view <> ''
    ORDER BY o.number DESC
    LIMIT :most
) AS newest
ORDER BY newest.number;
