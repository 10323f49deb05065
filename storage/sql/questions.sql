-- Questions that nobody could answer, without personal data.

-- A clock that was set back for a rehearsal does not make a question older.
-- name: note(text_key, shown, language, kind, asked_on)
INSERT INTO unknown_question (text_key, shown, language, kind, times, first_on, last_on)
VALUES (:text_key, :shown, :language, :kind, 1, :asked_on, :asked_on)
ON CONFLICT (text_key) DO UPDATE
    SET
        times = unknown_question.times + 1,
        kind = excluded.kind,
        last_on = CASE
            WHEN excluded.last_on > unknown_question.last_on THEN excluded.last_on
            ELSE unknown_question.last_on
        END
RETURNING times;

-- name: most_asked(since_on, most)
SELECT text_key, shown, language, kind, times, first_on, last_on
FROM unknown_question
WHERE last_on >= :since_on
ORDER BY times DESC, last_on DESC, text_key
LIMIT :most;

-- name: forget_rare(before_on)
DELETE FROM unknown_question WHERE times = 1 AND last_on < :before_on RETURNING text_key;
