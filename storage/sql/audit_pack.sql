-- Counts for the yearly audit of minors' data: nobody's id leaves the database, but those of staff, to be compared
-- with each other, and receipts, to read on from.

-- name: given(from_at, until_at)
SELECT purpose, text_version, channel, COUNT(*) AS times
FROM consent
WHERE given_at >= :from_at AND given_at < :until_at
GROUP BY purpose, text_version, channel
ORDER BY purpose, text_version, channel;

-- name: withdrawn(from_at, until_at)
SELECT purpose, text_version, channel, COUNT(*) AS times
FROM consent
WHERE withdrawn_at >= :from_at AND withdrawn_at < :until_at
GROUP BY purpose, text_version, channel
ORDER BY purpose, text_version, channel;

-- name: standing(until_at)
SELECT purpose, text_version, channel, COUNT(*) AS times
FROM consent
WHERE given_at < :until_at AND (withdrawn_at IS NULL OR withdrawn_at >= :until_at)
GROUP BY purpose, text_version, channel
ORDER BY purpose, text_version, channel;

-- Each look at each child.
-- name: looks(from_at, until_at)
SELECT
    COALESCE(v.centre_id, '') AS centre_id, COALESCE(s.role, 'shell') AS role, v.what, v.staff_id AS who,
    COUNT(*) AS times
FROM view_log AS v
LEFT JOIN staff AS s ON s.id = v.staff_id
WHERE v.seen_at >= :from_at AND v.seen_at < :until_at
GROUP BY v.centre_id, s.role, v.what, v.staff_id
ORDER BY centre_id, role, v.what, who;

-- Each list that was opened, with aliases or names, and each certificate and photo that was looked at.
-- name: lists(from_at, until_at)
SELECT
    COALESCE(a.centre_id, '') AS centre_id, COALESCE(s.role, a.who) AS role, a.what, a.who,
    COUNT(*) AS times
FROM audit AS a
LEFT JOIN staff AS s ON s.id = a.who
WHERE
    a.done_at >= :from_at AND a.done_at < :until_at
    AND a.what IN ('roster', 'names', 'calls', 'certify', 'photo')
GROUP BY a.centre_id, s.role, a.what, a.who
ORDER BY centre_id, role, a.what, a.who;

-- A request is a receipt; what it erased are its rows.
-- name: erasures(from_at, until_at, after, most)
SELECT
    receipt, MIN(asked_at) AS asked_at, MAX(done_at) AS done_at, MAX(scrubbed_at) AS scrubbed_at,
    SUM(CASE WHEN kind = 'family' THEN 1 ELSE 0 END) AS families,
    SUM(CASE WHEN kind = 'participant' THEN 1 ELSE 0 END) AS participants,
    SUM(CASE WHEN scrubbed_at IS NULL THEN 1 ELSE 0 END) AS unscrubbed
FROM erasure
WHERE asked_at >= :from_at AND asked_at < :until_at AND receipt > :after
GROUP BY receipt
ORDER BY receipt
LIMIT :most;

-- name: runs(job, from_at, until_at)
SELECT period, claimed_at, outcome
FROM job_claim
WHERE job = :job AND claimed_at >= :from_at AND claimed_at < :until_at
ORDER BY period;

-- name: destroyed(from_at, until_at)
SELECT centre_id, term, destroyed_at, COALESCE(names, 0) AS names
FROM name_key
WHERE destroyed_at >= :from_at AND destroyed_at < :until_at
ORDER BY destroyed_at, centre_id, term;

-- name: overdue_keys(today_on)
SELECT COUNT(*) AS times FROM name_key WHERE destroyed_at IS NULL AND expires_on < :today_on;

-- name: children()
SELECT COUNT(*) AS times FROM participant WHERE kind = 'child' AND removed_at IS NULL;
