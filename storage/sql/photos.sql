-- Photos of ratings and cases. The pixels are read by `content` alone.

-- name: add(id, rating_id, case_id, number, added_by, conversation_id, sha256, width, height, content, made_at)
INSERT INTO photo (
    id, rating_id, case_id, number, added_by, conversation_id, sha256, width, height, content, made_at
) VALUES (
    :id, :rating_id, :case_id, :number, :added_by, :conversation_id, :sha256, :width, :height, :content, :made_at
);

-- name: of_id(id)
SELECT id, rating_id, case_id, number, added_by, conversation_id, sha256, width, height, made_at, gone
FROM photo
WHERE id = :id;

-- name: content(id)
SELECT content FROM photo WHERE id = :id;

-- name: of_case(case_id)
SELECT id, rating_id, case_id, number, added_by, conversation_id, sha256, width, height, made_at, gone
FROM photo
WHERE case_id = :case_id AND gone IS NULL
ORDER BY made_at, id;

-- name: of_visit(visit)
SELECT
    p.id, p.rating_id, p.case_id, p.number, p.added_by, p.conversation_id, p.sha256, p.width, p.height, p.made_at,
    p.gone
FROM rating AS r
INNER JOIN photo AS p ON p.rating_id = r.id
WHERE r.visit = :visit AND p.gone IS NULL
ORDER BY p.made_at, p.id;

-- Where somebody talks who was given an address.
-- name: viewer(conversation_id)
SELECT channel, address FROM conversation WHERE id = :conversation_id;

-- Of ratings that opened no case, the last first.
-- name: without_case(most)
SELECT id, rating_id, case_id, number, added_by, conversation_id, sha256, width, height, made_at, gone
FROM photo
WHERE case_id IS NULL AND gone IS NULL
ORDER BY made_at DESC, id DESC
LIMIT :most;

-- The rating was changed, and what it is now opened a case: the photos of the visit belong to it.
-- name: join_case(visit, case_id, number)
UPDATE photo SET case_id = :case_id, number = :number
WHERE
    case_id IS NULL AND gone IS NULL
    AND rating_id IN (SELECT r.id FROM rating AS r WHERE r.visit = :visit);

-- name: remove(id, conversation_id, added_by)
UPDATE photo SET content = NULL, sha256 = NULL, conversation_id = NULL, gone = 'removed'
WHERE
    id = :id AND gone IS NULL AND added_by = :added_by
    AND (conversation_id IS NULL OR conversation_id = CAST(:conversation_id AS TEXT))
RETURNING id;

-- Those of the resident, and those that staff added to the resident's cases: as words are.
-- name: erase(conversation_id)
UPDATE photo SET content = NULL, sha256 = NULL, conversation_id = NULL, gone = 'erased'
WHERE
    gone IS NULL
    AND (
        conversation_id = :conversation_id
        OR case_id IN (SELECT c.id FROM case_file AS c WHERE c.conversation_id = :conversation_id)
    )
RETURNING id;

-- Of cases that were closed before a moment, and of ratings without a case that are older than another.
-- name: expire(closed_before_at, made_before_at)
UPDATE photo SET content = NULL, sha256 = NULL, conversation_id = NULL, gone = 'expired'
WHERE
    gone IS NULL
    AND (
        (case_id IS NULL AND made_at < :made_before_at)
        OR case_id IN (SELECT c.id FROM case_file AS c WHERE c.closed_at < :closed_before_at)
    )
RETURNING id;

-- name: not_in_ledger()
SELECT p.id
FROM photo AS p
WHERE (SELECT COUNT(*) FROM ledger AS l WHERE l.subject_id = p.id) <> 1
ORDER BY p.id;
