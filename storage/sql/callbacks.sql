-- Answers that a person has promised. States: open -> answered, or cancelled by the resident.

-- name: open_of(conversation_id)
SELECT
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by
FROM callback
WHERE conversation_id = :conversation_id AND state = 'open';

-- name: of_code(code)
SELECT
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by
FROM callback
WHERE code = :code;

-- name: listed(is_all, centre_id)
SELECT
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by
FROM callback
WHERE (state = 'open' OR CAST(:is_all AS BOOLEAN)) AND (CAST(:centre_id AS TEXT) IS NULL OR centre_id = :centre_id)
ORDER BY due_at, id;

-- name: owned(owner)
SELECT
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by
FROM callback
WHERE state = 'open' AND owner = :owner
ORDER BY due_at, id;

-- name: next_code(name)
INSERT INTO code_count (name, last_number) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last_number = code_count.last_number + 1
RETURNING last_number;

-- No row when the conversation has an open one meanwhile.
-- name: promise(id, code, conversation_id, centre_id, owner, topic, asked_at, due_at)
INSERT INTO callback (id, code, conversation_id, centre_id, owner, topic, state, asked_at, due_at)
VALUES (
    :id, :code, :conversation_id, CAST(:centre_id AS TEXT), :owner, :topic, 'open', :asked_at, :due_at
)
ON CONFLICT (conversation_id) WHERE state = 'open' DO NOTHING
RETURNING
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by;

-- name: add_topic(conversation_id, topic)
UPDATE callback SET topic = topic || CAST(:topic AS TEXT)
WHERE conversation_id = :conversation_id AND state = 'open'
RETURNING
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by;

-- name: note_phone(conversation_id, phone)
UPDATE callback SET phone = :phone WHERE conversation_id = :conversation_id AND state = 'open'
RETURNING
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by;

-- name: cancel(conversation_id)
UPDATE callback SET state = 'cancelled', phone = NULL
WHERE conversation_id = :conversation_id AND state = 'open'
RETURNING
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by;

-- name: mark_answered(code, answered_at, answered_by)
UPDATE callback
SET state = 'answered', phone = NULL, answered_at = :answered_at, answered_by = :answered_by
WHERE code = :code AND state = 'open'
RETURNING
    id, code, conversation_id, centre_id, owner, topic, phone, state, asked_at, due_at,
    answered_at, answered_by;

-- name: overdue(now_at)
SELECT COUNT(*) AS callbacks FROM callback WHERE state = 'open' AND due_at < :now_at;
