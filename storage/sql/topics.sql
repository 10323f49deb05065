-- Topics: cases with one thing behind them.

-- name: next_code(name)
INSERT INTO code_count (name, last_number) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last_number = code_count.last_number + 1
RETURNING last_number;

-- What residents wrote in their own words, of cases opened since, with the open topic that a case is in.
-- Cases of topics that were put right are left out.
-- name: told(since_at)
SELECT
    c.id AS case_id, c.centre_id, COALESCE(k.family_id, c.conversation_id) AS resident, c.opened_at, w.said,
    t.id AS topic_id
FROM case_file AS c
LEFT JOIN conversation AS k ON k.id = c.conversation_id
INNER JOIN case_step AS s ON s.case_id = c.id AND s.who = 'resident'
INNER JOIN case_words AS w ON w.case_id = c.id AND w.number = s.number
LEFT JOIN topic_case AS m ON m.case_id = c.id
LEFT JOIN topic AS t ON t.id = m.topic_id
WHERE
    c.opened_at >= :since_at AND (t.id IS NULL OR t.state = 'open')
    AND NOT EXISTS (
        SELECT 1
        FROM case_step AS e
        INNER JOIN case_words AS f ON f.case_id = e.case_id AND f.number = e.number
        WHERE e.case_id = c.id AND e.who = 'resident' AND e.number < s.number
    )
ORDER BY c.opened_at, c.id;

-- name: add(id, code, opened_at)
INSERT INTO topic (id, code, state, opened_at) VALUES (:id, :code, 'open', :opened_at);

-- No row when it was fixed; nobody fixes it before the end of the transaction.
-- name: hold(id)
UPDATE topic SET state = state WHERE id = :id AND state = 'open' RETURNING id;

-- name: join(case_id, topic_id, joined_at)
INSERT INTO topic_case (case_id, topic_id, joined_at) VALUES (:case_id, :topic_id, :joined_at)
ON CONFLICT DO NOTHING;

-- Of a resident who was erased each case counts as one of their own; who is linked is one.
-- name: open()
SELECT
    t.id, t.code, t.state, t.opened_at, t.fixed_at, t.said, COUNT(*) AS cases,
    COUNT(DISTINCT c.centre_id) AS centres,
    COUNT(DISTINCT COALESCE(k.family_id, c.conversation_id, c.id)) AS residents
FROM topic AS t
INNER JOIN topic_case AS m ON m.topic_id = t.id
INNER JOIN case_file AS c ON c.id = m.case_id
LEFT JOIN conversation AS k ON k.id = c.conversation_id
WHERE t.state = 'open'
GROUP BY t.id, t.code, t.state, t.opened_at, t.fixed_at, t.said
ORDER BY cases DESC, t.opened_at, t.id;

-- name: of_code(code)
SELECT
    t.id, t.code, t.state, t.opened_at, t.fixed_at, t.said, COUNT(*) AS cases,
    COUNT(DISTINCT c.centre_id) AS centres,
    COUNT(DISTINCT COALESCE(k.family_id, c.conversation_id, c.id)) AS residents
FROM topic AS t
INNER JOIN topic_case AS m ON m.topic_id = t.id
INNER JOIN case_file AS c ON c.id = m.case_id
LEFT JOIN conversation AS k ON k.id = c.conversation_id
WHERE t.code = :code
GROUP BY t.id, t.code, t.state, t.opened_at, t.fixed_at, t.said;

-- What the first of its residents wrote, as far as it is still there.
-- name: words(topic_id)
SELECT w.said
FROM topic_case AS m
INNER JOIN case_file AS c ON c.id = m.case_id
INNER JOIN case_step AS s ON s.case_id = c.id AND s.who = 'resident'
INNER JOIN case_words AS w ON w.case_id = c.id AND w.number = s.number
WHERE m.topic_id = :topic_id
ORDER BY c.opened_at, c.id, s.number
LIMIT 1;

-- No row when it was fixed before.
-- name: fix(id, fixed_at, said)
UPDATE topic SET state = 'fixed', fixed_at = :fixed_at, said = :said
WHERE id = :id AND state = 'open'
RETURNING id;

-- The cases of open topics, the first first.
-- name: cases_of_open()
SELECT m.topic_id, c.code, c.centre_id, c.state, c.opened_at
FROM topic AS t
INNER JOIN topic_case AS m ON m.topic_id = t.id
INNER JOIN case_file AS c ON c.id = m.case_id
WHERE t.state = 'open'
ORDER BY c.opened_at, c.id;

-- What the first of the residents of each open topic wrote, as far as it is still there; as `words`.
-- name: words_of_open()
SELECT first.topic_id, first.said
FROM (
    SELECT
        m.topic_id, w.said,
        ROW_NUMBER() OVER (PARTITION BY m.topic_id ORDER BY c.opened_at, c.id, s.number) AS place
    FROM topic AS t
    INNER JOIN topic_case AS m ON m.topic_id = t.id
    INNER JOIN case_file AS c ON c.id = m.case_id
    INNER JOIN case_step AS s ON s.case_id = c.id AND s.who = 'resident'
    INNER JOIN case_words AS w ON w.case_id = c.id AND w.number = s.number
    WHERE t.state = 'open'
) AS first
WHERE first.place = 1;
