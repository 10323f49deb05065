-- Cases and their steps; what they may become stands in handlers/case_states.py.

-- name: next_code(name)
INSERT INTO code_count (name, last_number) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last_number = code_count.last_number + 1
RETURNING last_number;

-- name: add(id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state, opened_at, due_at, extended_until_at, asked_at, closed_at, version)
INSERT INTO case_file (
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
) VALUES (
    :id, :code, :kind, :about, :centre_id, :activity_id, :service_id, :rating_id, :conversation_id, :tier,
    :owner, :state, :opened_at, :due_at, :extended_until_at, :asked_at, :closed_at, :version
);

-- No row when somebody else has changed it meanwhile.
-- name: save(id, kind, tier, owner, state, due_at, extended_until_at, asked_at, closed_at, version)
UPDATE case_file
SET
    kind = :kind, tier = :tier, owner = :owner, state = :state, due_at = :due_at,
    extended_until_at = :extended_until_at, asked_at = :asked_at, closed_at = :closed_at, version = version + 1
WHERE id = :id AND version = :version
RETURNING
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version;

-- name: add_step(case_id, who, was, became, because, made_at)
INSERT INTO case_step (case_id, number, who, was, became, because, made_at)
VALUES (
    :case_id, (SELECT COALESCE(MAX(s.number), 0) + 1 FROM case_step AS s WHERE s.case_id = :case_id), :who,
    :was, :became, :because, :made_at
)
RETURNING number;

-- name: add_words(case_id, number, said)
INSERT INTO case_words (case_id, number, said) VALUES (:case_id, :number, :said);

-- name: hold(id)
UPDATE case_file SET version = version
WHERE id = :id
RETURNING
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version;

-- name: of_id(id)
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE id = :id;

-- name: of_code(code)
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE code = :code;

-- name: of_conversation(conversation_id)
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE conversation_id = :conversation_id
ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, opened_at DESC, id DESC;

-- Those of all conversations that are linked with this one.
-- name: of_person(conversation_id)
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE
    conversation_id IN (
        SELECT o.id FROM conversation AS o
        WHERE
            o.id = :conversation_id
            OR o.family_id = (SELECT c.family_id FROM conversation AS c WHERE c.id = :conversation_id)
    )
ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, opened_at DESC, id DESC;

-- What came of any rating of a visit, the last first: it may have been changed since.
-- name: of_visit(visit)
SELECT
    c.id, c.code, c.kind, c.about, c.centre_id, c.activity_id, c.service_id, c.rating_id, c.conversation_id,
    c.tier, c.owner, c.state, c.opened_at, c.due_at, c.extended_until_at, c.asked_at, c.closed_at, c.version
FROM rating AS r
INNER JOIN case_file AS c ON c.rating_id = r.id
WHERE r.visit = :visit
ORDER BY c.opened_at DESC, c.id DESC;

-- name: of_topic(topic_id)
SELECT
    c.id, c.code, c.kind, c.about, c.centre_id, c.activity_id, c.service_id, c.rating_id, c.conversation_id,
    c.tier, c.owner, c.state, c.opened_at, c.due_at, c.extended_until_at, c.asked_at, c.closed_at, c.version
FROM topic_case AS m
INNER JOIN case_file AS c ON c.id = m.case_id
WHERE m.topic_id = :topic_id
ORDER BY c.opened_at, c.id;

-- name: owned(tier, owner)
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE owner = :owner AND tier = :tier AND closed_at IS NULL
ORDER BY due_at, id;

-- name: in_state(state, since_at)
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE state = :state AND opened_at >= :since_at
ORDER BY due_at, id;

-- name: open_ones()
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE closed_at IS NULL
ORDER BY due_at, id;

-- What was answered waits for the resident.
-- name: overdue(now_at)
SELECT COUNT(*) AS cases
FROM case_file
WHERE closed_at IS NULL AND due_at < :now_at AND state NOT IN ('explained', 'rectified', 'duplicate');

-- name: steps(case_id)
SELECT s.case_id, s.number, s.who, s.was, s.became, s.because, s.made_at, w.said
FROM case_step AS s
LEFT JOIN case_words AS w ON w.case_id = s.case_id AND w.number = s.number
WHERE s.case_id = :case_id
ORDER BY s.number;

-- In no order: one by the case would have every step looked at that there ever was.
-- name: steps_of_open()
SELECT s.case_id, s.number, s.who, s.was, s.became, s.because, s.made_at, w.said
FROM case_file AS c
INNER JOIN case_step AS s ON s.case_id = c.id
LEFT JOIN case_words AS w ON w.case_id = s.case_id AND w.number = s.number
WHERE c.closed_at IS NULL;

-- name: staff_of(tier, owner)
SELECT DISTINCT conversation_id
FROM staff
WHERE
    revoked_at IS NULL
    AND (
        (CAST(:tier AS BIGINT) = 1 AND role = 'centre_manager' AND centre_id = :owner)
        OR (CAST(:tier AS BIGINT) = 2 AND role = 'subdistrict' AND subdistrict = :owner)
        OR (CAST(:tier AS BIGINT) = 3 AND role = 'district')
    )
ORDER BY conversation_id;

-- name: not_in_ledger()
SELECT s.case_id
FROM case_step AS s
GROUP BY s.case_id
HAVING COUNT(*) <> (SELECT COUNT(*) FROM ledger AS l WHERE l.subject_id = s.case_id AND l.kind = 'step')
ORDER BY s.case_id;

-- name: level_of(rating_id)
SELECT level FROM rating WHERE id = :rating_id;

-- name: exclude_rating(rating_id, excluded_by, excluded_at)
UPDATE rating SET excluded_at = :excluded_at, excluded_by = :excluded_by
WHERE id = :rating_id AND excluded_at IS NULL
RETURNING id;

-- name: open_of_centre(centre_id)
SELECT
    id, code, kind, about, centre_id, activity_id, service_id, rating_id, conversation_id, tier, owner, state,
    opened_at, due_at, extended_until_at, asked_at, closed_at, version
FROM case_file
WHERE centre_id = :centre_id AND closed_at IS NULL
ORDER BY due_at, code;

-- Of the cases of a centre that were opened since: how many were answered or let pass, and how many of these in
-- time. Whoever is late is urged, or the case goes one tier up; both are steps.
-- name: kept_time(centre_id, since_at, now_at)
SELECT
    SUM(CASE WHEN is_answered OR is_late THEN 1 ELSE 0 END) AS judged,
    SUM(CASE WHEN is_answered AND NOT is_late THEN 1 ELSE 0 END) AS in_time
FROM (
    SELECT
        EXISTS (
            SELECT 1 FROM case_step AS s
            WHERE s.case_id = c.id AND s.was <> s.became AND s.became IN ('explained', 'rectified', 'duplicate')
        ) AS is_answered,
        (
            c.closed_at IS NULL AND c.due_at < :now_at
            AND c.state NOT IN ('explained', 'rectified', 'duplicate', 'appealed')
        )
        OR EXISTS (
            SELECT 1 FROM case_step AS s WHERE s.case_id = c.id AND s.because IN ('urged', 'escalated')
        ) AS is_late
    FROM case_file AS c
    WHERE c.centre_id = :centre_id AND c.opened_at >= :since_at
) AS of_centre;
