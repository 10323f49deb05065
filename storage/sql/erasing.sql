-- Taking out what was known of somebody. What has been counted stays, without a word of theirs.

-- name: note(receipt, kind, subject_id, asked_at, done_at)
INSERT INTO erasure (receipt, kind, subject_id, asked_at, done_at)
VALUES (:receipt, :kind, :subject_id, :asked_at, :done_at)
ON CONFLICT DO NOTHING
RETURNING receipt;

-- name: done(receipt, kind, subject_id)
SELECT receipt FROM erasure WHERE receipt = :receipt AND kind = :kind AND subject_id = :subject_id;

-- name: not_scrubbed()
SELECT DISTINCT receipt FROM erasure WHERE scrubbed_at IS NULL ORDER BY receipt;

-- name: scrubbed(receipt, scrubbed_at)
UPDATE erasure SET scrubbed_at = :scrubbed_at WHERE receipt = :receipt AND scrubbed_at IS NULL;

-- name: family_of(participant_id)
SELECT family_id FROM participant WHERE id = :participant_id;

-- name: has_family(id)
SELECT id FROM family WHERE id = :id;

-- name: empty_inbox(conversation_id)
UPDATE inbox SET said = '', intent = 'erased', slots = '{}' WHERE conversation_id = :conversation_id;

-- name: empty_outbox(conversation_id)
UPDATE outbox
SET
    view = '', last_error = NULL, lease_holder = NULL, leased_until_at = NULL,
    state = CASE WHEN state IN ('waiting', 'leased') THEN 'expired' ELSE state END
WHERE conversation_id = :conversation_id;

-- name: forget_state(id)
UPDATE conversation SET state = '{}', version = version + 1, last_number = last_number + 1 WHERE id = :id;

-- name: leave_family(id)
UPDATE conversation SET family_id = NULL WHERE id = :id;

-- name: close_callbacks(conversation_id)
UPDATE callback
SET topic = '', phone = NULL, state = CASE WHEN state = 'open' THEN 'cancelled' ELSE state END
WHERE conversation_id = :conversation_id;

-- Whoever has the case goes on with it, by its number alone.
-- name: forget_case_words(conversation_id)
DELETE FROM case_words
WHERE case_id IN (SELECT c.id FROM case_file AS c WHERE c.conversation_id = :conversation_id);

-- What staff were shown of it holds the same words.
-- name: forget_case_news(conversation_id)
UPDATE outbox
SET
    view = '', last_error = NULL, lease_holder = NULL, leased_until_at = NULL,
    state = CASE WHEN state IN ('waiting', 'leased') THEN 'expired' ELSE state END
WHERE
    view <> ''
    AND conversation_id IN (
        SELECT s.conversation_id FROM staff AS s
        UNION
        SELECT k.id FROM conversation AS k WHERE k.channel = 'shell'
    )
    AND EXISTS (
        SELECT 1 FROM case_file AS c
        WHERE c.conversation_id = :conversation_id AND outbox.view LIKE '%"' || c.code || '"%'
    );

-- What somebody wrote of a rating or a case.
-- name: words_of(conversation_id)
SELECT w.said
FROM rating_words AS w
INNER JOIN rating AS r ON r.id = w.rating_id
WHERE r.conversation_id = :conversation_id
UNION
SELECT w.said
FROM case_words AS w
INNER JOIN case_file AS c ON c.id = w.case_id
WHERE c.conversation_id = :conversation_id;

-- Staff were shown the same words among others': in ratings, topics and digests, which stay without them.
-- `said` is a string as JSON has it.
-- name: forget_shown(said)
UPDATE outbox
SET
    view = REPLACE(
        REPLACE(
            REPLACE(view, '"said":' || CAST(:said AS TEXT), '"said":""'),
            '"example":' || CAST(:said AS TEXT), '"example":""'
        ),
        '"quote":' || CAST(:said AS TEXT), '"quote":""'
    )
WHERE
    view <> '' AND REPLACE(view, CAST(:said AS TEXT), '') <> view
    AND conversation_id IN (
        SELECT s.conversation_id FROM staff AS s
        UNION
        SELECT k.id FROM conversation AS k WHERE k.channel = 'shell'
    );

-- name: leave_cases(conversation_id)
UPDATE case_file SET conversation_id = NULL, version = version + 1 WHERE conversation_id = :conversation_id;

-- name: forget_code(conversation_id)
DELETE FROM recovery_code WHERE conversation_id = :conversation_id;

-- name: forget_links(conversation_id)
DELETE FROM link_code WHERE conversation_id = :conversation_id OR taken_by = :conversation_id;

-- name: forget_device(conversation_id)
DELETE FROM device
WHERE EXISTS (
    SELECT 1 FROM conversation AS c
    WHERE c.id = :conversation_id AND c.channel = device.channel AND c.address = device.address
);

-- It goes on counting among all together.
-- name: forget_wrong_codes(conversation_id)
UPDATE wrong_code SET conversation_id = NULL WHERE conversation_id = :conversation_id;

-- The audit knows the id alone.
-- name: give_post_up(conversation_id, now_at)
UPDATE staff
SET conversation_id = NULL, channel = '', address = '', revoked_at = COALESCE(revoked_at, :now_at)
WHERE conversation_id = :conversation_id;

-- name: forget_reasons(conversation_id)
UPDATE relink SET because = NULL WHERE conversation_id = :conversation_id;

-- name: forget_phones(family_id)
UPDATE booking SET phone = NULL WHERE family_id = :family_id AND phone IS NOT NULL;

-- name: forget_kept_phones(family_id)
DELETE FROM kept_phone
WHERE EXISTS (SELECT 1 FROM booking AS b WHERE b.id = kept_phone.booking_id AND b.family_id = :family_id);

-- name: forget_hands(participant_id)
UPDATE attendance SET handed_to = NULL WHERE participant_id = :participant_id AND handed_to IS NOT NULL;

-- name: forget_pickups(participant_id)
DELETE FROM pickup_code WHERE participant_id = :participant_id;

-- What was said before a day and is still there, for the job that empties it.
-- name: old_messages(before_at, most)
SELECT conversation_id, message_id FROM inbox
WHERE received_at < :before_at AND (said <> '' OR slots <> '{}')
ORDER BY conversation_id, message_id
LIMIT :most;

-- name: empty_message(conversation_id, message_id)
UPDATE inbox SET said = '', slots = '{}' WHERE conversation_id = :conversation_id AND message_id = :message_id;

-- name: old_answers(before_at, most)
SELECT id FROM outbox
WHERE created_at < :before_at AND view <> '' AND state NOT IN ('waiting', 'leased')
ORDER BY id
LIMIT :most;

-- name: empty_answer(id)
UPDATE outbox SET view = '', last_error = NULL WHERE id = :id AND state NOT IN ('waiting', 'leased');

-- What a conversation remembers that nobody took up again.
-- name: old_states(before_at, most)
SELECT id FROM conversation WHERE seen_at < :before_at AND state <> '{}' ORDER BY id LIMIT :most;

-- name: forget_old_state(id, before_at)
UPDATE conversation SET state = '{}', version = version + 1, last_number = last_number + 1
WHERE id = :id AND seen_at < :before_at;

-- What a resident is told is kept of a conversation.
-- name: kept_of(conversation_id)
SELECT
    (SELECT COUNT(*) FROM inbox AS i WHERE i.conversation_id = c.id AND i.said <> '') AS messages,
    (SELECT COUNT(*) FROM callback AS b WHERE b.conversation_id = c.id) AS callbacks,
    (SELECT COUNT(*) FROM callback AS b WHERE b.conversation_id = c.id AND b.phone IS NOT NULL) AS phones,
    (SELECT COUNT(*) FROM recovery_code AS r WHERE r.conversation_id = c.id) AS codes,
    (SELECT COUNT(*) FROM case_file AS f WHERE f.conversation_id = c.id) AS cases,
    (SELECT COUNT(*) FROM rating AS x WHERE x.conversation_id = c.id AND x.is_current) AS ratings,
    (SELECT COUNT(*) FROM photo AS p WHERE p.conversation_id = c.id AND p.gone IS NULL) AS photos
FROM conversation AS c
WHERE c.id = :conversation_id;
