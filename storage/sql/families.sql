-- Who books: families, and who takes part of them.

-- name: of_conversation(conversation_id)
SELECT family_id FROM conversation WHERE id = :conversation_id;

-- name: found(id, created_at)
INSERT INTO family (id, turns, created_at) VALUES (:id, 0, :created_at);

-- No row when the conversation has a family meanwhile.
-- name: join_conversation(conversation_id, family_id)
UPDATE conversation SET family_id = :family_id WHERE id = :conversation_id AND family_id IS NULL RETURNING family_id;

-- The first statement of everything that gives a family a place or takes one away.
-- name: hold(id)
UPDATE family SET turns = turns + 1 WHERE id = :id RETURNING turns;

-- name: feed(id)
SELECT feed FROM family WHERE id = :id;

-- name: end_feeds(id)
UPDATE family SET feed = feed + 1 WHERE id = :id;

-- name: add_participant(id, family_id, kind, alias, born_on, grade, grade_year, created_at)
INSERT INTO participant (id, family_id, kind, alias, born_on, grade, grade_year, created_at)
VALUES (:id, :family_id, :kind, :alias, :born_on, :grade, :grade_year, :created_at)
ON CONFLICT DO NOTHING
RETURNING id, family_id, kind, alias, born_on, grade, grade_year;

-- name: participants(family_id)
SELECT id, family_id, kind, alias, born_on, grade, grade_year
FROM participant
WHERE family_id = :family_id AND removed_at IS NULL
ORDER BY created_at, kind, alias;

-- name: describe(id, family_id, born_on, grade, grade_year)
UPDATE participant
SET born_on = :born_on, grade = :grade, grade_year = :grade_year
WHERE id = :id AND family_id = :family_id AND removed_at IS NULL
RETURNING id, family_id, kind, alias, born_on, grade, grade_year;

-- What was known of somebody goes; the row stays for what has been counted.
-- name: remove_participant(id, family_id, removed_at)
UPDATE participant
SET removed_at = :removed_at, alias = id, born_on = NULL, grade = NULL, grade_year = NULL
WHERE id = :id AND family_id = :family_id AND removed_at IS NULL
RETURNING id;

-- name: conversations(family_id)
SELECT id, channel, seen_at, address = 'left ' || id AS is_left, gone_at IS NOT NULL AS is_gone
FROM conversation
WHERE family_id = :family_id
ORDER BY CASE WHEN address = 'left ' || id THEN 1 ELSE 0 END, seen_at DESC, id;
