-- What residents report of a centre and nobody has put right yet: cases that name what is wrong.

-- What was partly put right is not said any more, what was put right is until the resident says so.
-- name: open_ones()
SELECT centre_id, about, MIN(opened_at) AS since_at
FROM case_file
WHERE closed_at IS NULL AND about IS NOT NULL AND rating_id IS NULL AND state <> 'half_fixed'
GROUP BY centre_id, about
ORDER BY centre_id, about;

-- name: of_resident(conversation_id, centre_id, about)
SELECT code
FROM case_file
WHERE
    centre_id = :centre_id AND about = :about AND closed_at IS NULL AND rating_id IS NULL
    AND conversation_id IN (
        SELECT o.id FROM conversation AS o
        WHERE
            o.id = :conversation_id
            OR o.family_id = (SELECT c.family_id FROM conversation AS c WHERE c.id = :conversation_id)
    )
ORDER BY opened_at, id
LIMIT 1;
