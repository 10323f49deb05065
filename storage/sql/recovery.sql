-- name: offer(conversation_id, code_hash, offered_at, expires_at)
INSERT INTO recovery_code (conversation_id, code_hash, offered_at, expires_at)
VALUES (:conversation_id, :code_hash, :offered_at, :expires_at)
ON CONFLICT (conversation_id) DO UPDATE
SET code_hash = excluded.code_hash, offered_at = excluded.offered_at, expires_at = excluded.expires_at;

-- name: kept_at(code_hash, now_at)
SELECT c.channel, c.address
FROM recovery_code AS r
INNER JOIN conversation AS c ON c.id = r.conversation_id
WHERE r.code_hash = :code_hash AND r.expires_at > :now_at;

-- Whoever deletes the row has the conversation; a second one finds nothing.
-- name: use(code_hash, now_at)
DELETE FROM recovery_code WHERE code_hash = :code_hash AND expires_at > :now_at RETURNING conversation_id;

-- name: forget_expired(now_at)
DELETE FROM recovery_code WHERE expires_at <= :now_at RETURNING conversation_id;

-- No session has such an address. Both counters go on, so that a turn under way is understood again.
-- name: set_aside(id, channel, address)
UPDATE conversation
SET address = 'left ' || id, version = version + 1, last_number = last_number + 1
WHERE channel = :channel AND address = :address AND id <> :id
RETURNING id;

-- name: move(id, channel, address)
UPDATE conversation
SET
    channel = :channel, address = :address, version = version + 1, last_number = last_number + 1, gone_at = NULL
WHERE id = :id
RETURNING id AS conversation_id, last_number AS number, state;

-- name: note_device(channel, address, shown_at)
INSERT INTO device (channel, address, shown_at) VALUES (:channel, :address, :shown_at)
ON CONFLICT (channel, address) DO UPDATE SET shown_at = excluded.shown_at;

-- name: forget_devices(before_at)
DELETE FROM device WHERE shown_at < :before_at RETURNING address;

-- name: addresses_between(channel, first, after)
SELECT address FROM device WHERE channel = :channel AND address >= :first AND address < :after
UNION
SELECT address FROM conversation WHERE channel = :channel AND address >= :first AND address < :after
ORDER BY address
LIMIT 2;

-- name: note_relink(id, conversation_id, from_address, to_address, done_by, because, done_at)
INSERT INTO relink (id, conversation_id, from_address, to_address, done_by, because, done_at)
VALUES (:id, :conversation_id, :from_address, :to_address, :done_by, CAST(:because AS TEXT), :done_at);

-- name: relinks()
SELECT id, conversation_id, from_address, to_address, done_by, because, done_at
FROM relink
ORDER BY done_at, id;
