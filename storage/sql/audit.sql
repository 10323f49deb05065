-- What staff did, and what of it can be taken back.

-- name: note(id, who, what, centre_id, subjects, was, became, done_at)
INSERT INTO audit (id, who, what, centre_id, subjects, was, became, done_at)
VALUES (:id, :who, :what, CAST(:centre_id AS TEXT), :subjects, :was, :became, :done_at);

-- name: can_undo(audit_id, until_at)
INSERT INTO undo (audit_id, until_at) VALUES (:audit_id, :until_at);

-- name: of_id(id)
SELECT id, who, what, centre_id, subjects, was, became, done_at FROM audit WHERE id = :id;

-- name: everything()
SELECT id, who, what, centre_id, subjects, was, became, done_at FROM audit ORDER BY done_at, id;

-- name: last_anywhere(what)
SELECT id, who, what, centre_id, subjects, was, became, done_at
FROM audit
WHERE centre_id IS NULL AND what = :what
ORDER BY done_at DESC, id DESC
LIMIT 1;
-- The last imports, of the directory or of the calendar, whoever did them.
-- name: latest(what, most)
SELECT id, who, what, centre_id, subjects, was, became, done_at
FROM audit
WHERE what IN ('import', 'calendar') AND what = :what
ORDER BY done_at DESC, id DESC
LIMIT :most;

-- The last that somebody did at a centre and did not take back; it may be too late for it.
-- name: last_of(who, centre_id)
SELECT a.id, a.who, a.what, a.centre_id, a.subjects, a.was, a.became, a.done_at
FROM audit AS a
INNER JOIN undo AS u ON u.audit_id = a.id AND u.done_at IS NULL
WHERE a.who = :who AND (CAST(:centre_id AS TEXT) IS NULL OR a.centre_id = :centre_id)
ORDER BY a.done_at DESC, a.id DESC
LIMIT 1;

-- Whoever changes the row takes it back; a second one finds nothing.
-- name: take_back(audit_id, now_at)
UPDATE undo SET done_at = :now_at
WHERE audit_id = :audit_id AND done_at IS NULL AND until_at >= :now_at
RETURNING audit_id;

-- name: not_taken_back(audit_id)
UPDATE undo SET done_at = NULL WHERE audit_id = :audit_id;
