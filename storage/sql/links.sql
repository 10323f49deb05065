-- Codes that link two conversations of one person, and which conversations are linked: those of one family.

-- name: offer(id, conversation_id, code_hash, made_at, expires_at)
INSERT INTO link_code (id, conversation_id, code_hash, made_at, expires_at)
VALUES (:id, :conversation_id, :code_hash, :made_at, :expires_at)
ON CONFLICT (conversation_id) DO UPDATE
SET
    id = excluded.id, code_hash = excluded.code_hash, made_at = excluded.made_at,
    expires_at = excluded.expires_at, taken_by = NULL;

-- name: withdraw(conversation_id)
DELETE FROM link_code WHERE conversation_id = :conversation_id RETURNING id, conversation_id, expires_at, taken_by;

-- name: drop_of(conversation_id)
DELETE FROM link_code
WHERE conversation_id = :conversation_id OR taken_by = :conversation_id
RETURNING id, conversation_id, expires_at, taken_by;

-- name: of_code(code_hash, now_at)
SELECT id, conversation_id, expires_at, taken_by
FROM link_code
WHERE code_hash = :code_hash AND expires_at > :now_at;

-- name: of_id(id, now_at)
SELECT id, conversation_id, expires_at, taken_by FROM link_code WHERE id = :id AND expires_at > :now_at;

-- Whoever takes it first has it. The other side has its own time to answer.
-- name: take(id, taken_by, now_at, until_at)
UPDATE link_code SET taken_by = :taken_by, expires_at = :until_at
WHERE id = :id AND taken_by IS NULL AND conversation_id <> :taken_by AND expires_at > :now_at
RETURNING id, conversation_id, expires_at, taken_by;

-- Who asked for the code has said yes or no; a second answer finds nothing.
-- name: settle(id, conversation_id, now_at)
DELETE FROM link_code
WHERE id = :id AND conversation_id = :conversation_id AND taken_by IS NOT NULL AND expires_at > :now_at
RETURNING id, conversation_id, expires_at, taken_by;

-- name: drop_expired(now_at)
DELETE FROM link_code WHERE expires_at <= :now_at RETURNING id, conversation_id, expires_at, taken_by;

-- name: wrong_codes(conversation_id, since_at)
SELECT COUNT(*) AS tried FROM wrong_link WHERE conversation_id = :conversation_id AND tried_at > :since_at;

-- name: note_wrong_code(id, conversation_id, tried_at)
INSERT INTO wrong_link (id, conversation_id, tried_at) VALUES (:id, :conversation_id, :tried_at);

-- name: forget_wrong_codes(before_at)
DELETE FROM wrong_link WHERE tried_at <= :before_at RETURNING id;

-- A person's conversations: one, and those that are linked with it. Where nobody reads any more comes last.
-- name: talks(conversation_id)
SELECT o.id, o.channel, o.seen_at, o.address = 'left ' || o.id AS is_left, o.gone_at IS NOT NULL AS is_gone
FROM conversation AS o
WHERE
    o.id = :conversation_id
    OR o.family_id = (SELECT c.family_id FROM conversation AS c WHERE c.id = :conversation_id)
ORDER BY CASE WHEN o.address = 'left ' || o.id THEN 1 ELSE 0 END, o.seen_at DESC, o.id;

-- Whether news of a family, or of a conversation, may be said in this one.
-- name: hears(conversation_id, whose)
SELECT c.id
FROM conversation AS c
WHERE
    c.id = :conversation_id
    AND (
        c.id = :whose OR c.family_id = :whose
        OR c.family_id = (SELECT w.family_id FROM conversation AS w WHERE w.id = :whose)
    );

-- Nobody else changes the conversation before the end of the transaction.
-- name: hold(id)
UPDATE conversation SET version = version WHERE id = :id;

-- name: move(id, family_id)
UPDATE conversation SET family_id = CAST(:family_id AS TEXT) WHERE id = :id;
