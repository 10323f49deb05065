-- Each query returns one row for each breach, as `what`: the ids to look for.

-- name: directory_version_is_there()
SELECT 'the directory has centres but no version' AS what
FROM centre
WHERE NOT EXISTS (SELECT 1 FROM directory_version)
ORDER BY id
LIMIT 1;

-- name: numbers_are_counted()
SELECT 'conversation ' || c.id || ': a message has a higher number than its last_number' AS what
FROM conversation AS c
WHERE c.last_number < (SELECT MAX(o.number) FROM outbox AS o WHERE o.conversation_id = c.id)
ORDER BY c.id;

-- name: turns_are_counted()
SELECT 'conversation ' || c.id || ': it counts more turns than things said' AS what
FROM conversation AS c
WHERE c.version > c.last_number
ORDER BY c.id;

-- name: messages_have_answers()
SELECT 'conversation ' || i.conversation_id || ': the answer to a message is missing from the outbox' AS what
FROM inbox AS i
LEFT JOIN outbox AS o ON o.conversation_id = i.conversation_id AND o.number = i.number
WHERE o.id IS NULL
ORDER BY i.conversation_id, i.number;

-- name: sent_messages_have_a_time()
SELECT 'outbox ' || o.id || ': sent and sent_at contradict each other' AS what
FROM outbox AS o
WHERE (o.state = 'sent') <> (o.sent_at IS NOT NULL)
ORDER BY o.id;

-- name: leases_have_holders()
SELECT 'outbox ' || o.id || ': leased, its holder and its end contradict each other' AS what
FROM outbox AS o
WHERE
    (o.state = 'leased') <> (o.lease_holder IS NOT NULL)
    OR (o.state = 'leased') <> (o.leased_until_at IS NOT NULL)
ORDER BY o.id;

-- name: services_have_open_centres()
SELECT 'service ' || s.id || ': its centre ' || c.id || ' is withdrawn and it is not' AS what
FROM service AS s
INNER JOIN centre AS c ON c.id = s.centre_id
WHERE s.withdrawn_at IS NULL AND c.withdrawn_at IS NOT NULL
ORDER BY s.id;

-- name: activities_have_open_centres()
SELECT 'activity ' || a.id || ': its centre ' || c.id || ' is withdrawn and it is not' AS what
FROM activity AS a
INNER JOIN centre AS c ON c.id = a.centre_id
WHERE a.withdrawn_at IS NULL AND c.withdrawn_at IS NOT NULL
ORDER BY a.id;

-- name: kiosks_have_open_centres()
SELECT 'kiosk ' || k.id || ': its centre ' || c.id || ' is withdrawn and it is not' AS what
FROM kiosk AS k
INNER JOIN centre AS c ON c.id = k.centre_id
WHERE k.withdrawn_at IS NULL AND c.withdrawn_at IS NOT NULL
ORDER BY k.id;

-- name: activities_end_after_they_start()
SELECT 'activity ' || id || ': it ends before it starts' AS what
FROM activity
WHERE ends_on < starts_on
ORDER BY id;

-- name: closures_are_of_one_centre()
SELECT 'closure ' || x.id || ': its service ' || s.id || ' belongs to another centre' AS what
FROM closure AS x
INNER JOIN service AS s ON s.id = x.service_id
WHERE s.centre_id <> x.centre_id
ORDER BY x.id;

-- name: jobs_end_after_they_start()
SELECT 'job ' || job || ' ' || period || ': finished and its outcome contradict each other' AS what
FROM job_claim
WHERE (finished_at IS NULL) <> (outcome IS NULL)
ORDER BY job, period;

-- name: callbacks_are_answered_by_somebody()
SELECT 'call-back ' || code || ': answered, by whom and when contradict each other' AS what
FROM callback
WHERE
    (state = 'answered') <> (answered_at IS NOT NULL)
    OR (state = 'answered') <> (answered_by IS NOT NULL)
ORDER BY code;

-- name: conversations_wait_for_one_callback()
SELECT 'conversation ' || conversation_id || ': it has more than one open call-back' AS what
FROM callback
WHERE state = 'open'
GROUP BY conversation_id
HAVING COUNT(*) > 1
ORDER BY conversation_id;

-- name: closed_callbacks_keep_no_phone()
SELECT 'call-back ' || code || ': it is closed and still keeps a phone number' AS what
FROM callback
WHERE state <> 'open' AND phone IS NOT NULL
ORDER BY code;

-- name: callbacks_have_owners()
SELECT 'call-back ' || code || ': its owner is neither its centre nor the district' AS what
FROM callback
WHERE owner <> 'district' AND (centre_id IS NULL OR owner <> centre_id)
ORDER BY code;

-- name: places_add_up()
SELECT
    'session ' || s.id || ': it counts ' || s.taken || ' taken, ' || s.offered || ' offered, '
    || s.waiting || ' in line; its bookings say ' || COALESCE(b.taken, 0) || ', ' || COALESCE(b.offered, 0)
    || ', ' || COALESCE(b.waiting, 0) AS what
FROM session AS s
LEFT JOIN (
    SELECT
        session_id,
        SUM(CASE WHEN state = 'booked' THEN size ELSE 0 END) AS taken,
        SUM(CASE WHEN state = 'offered' THEN size ELSE 0 END) AS offered,
        SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting
    FROM booking
    WHERE state <> 'let_go'
    GROUP BY session_id
) AS b ON b.session_id = s.id
WHERE s.taken <> COALESCE(b.taken, 0) OR s.offered <> COALESCE(b.offered, 0) OR s.waiting <> COALESCE(b.waiting, 0)
ORDER BY s.id;

-- name: nobody_is_oversold()
SELECT
    'session ' || s.id || ': ' || s.taken || ' taken and ' || s.offered || ' offered of '
    || s.capacity || ' places' AS what
FROM session AS s
WHERE
    s.taken + s.offered > s.capacity
    OR s.capacity <> CASE WHEN s.places > s.taken + s.offered THEN s.places ELSE s.taken + s.offered END
ORDER BY s.id;

-- name: bookings_have_their_people()
SELECT 'booking ' || b.id || ': it is for ' || b.size || ' and has places for ' || COUNT(p.participant_id) AS what
FROM booking AS b
LEFT JOIN place AS p ON p.booking_id = b.id AND p.is_active
GROUP BY b.id, b.size, b.state
HAVING COUNT(p.participant_id) <> CASE WHEN b.state = 'let_go' THEN 0 ELSE b.size END
ORDER BY b.id;

-- name: places_are_of_the_family()
SELECT 'booking ' || b.id || ': a place is for somebody of another family or session' AS what
FROM booking AS b
INNER JOIN place AS p ON p.booking_id = b.id
INNER JOIN participant AS who ON who.id = p.participant_id
WHERE who.family_id <> b.family_id OR p.session_id <> b.session_id
ORDER BY b.id;

-- Nobody books a clash; a session that is moved may make one, of which its families are told.
-- name: nobody_is_in_two_places()
SELECT
    'participant ' || one.participant_id || ': places in ' || one.session_id || ' and in '
    || two.session_id || ' at one time' AS what
FROM place AS one
INNER JOIN booking AS b ON b.id = one.booking_id AND b.state = 'booked'
INNER JOIN place AS two ON two.participant_id = one.participant_id AND two.session_id > one.session_id
    AND two.is_active
INNER JOIN booking AS c ON c.id = two.booking_id AND c.state = 'booked'
INNER JOIN meeting AS m ON m.session_id = one.session_id
INNER JOIN meeting AS n ON n.session_id = two.session_id
INNER JOIN session AS s ON s.id = one.session_id
INNER JOIN session AS t ON t.id = two.session_id
WHERE
    one.is_active AND m.starts_at < n.ends_at AND n.starts_at < m.ends_at
    AND (s.moved_at IS NULL OR s.moved_at < CASE WHEN b.booked_at > c.booked_at THEN b.booked_at ELSE c.booked_at END)
    AND (t.moved_at IS NULL OR t.moved_at < CASE WHEN b.booked_at > c.booked_at THEN b.booked_at ELSE c.booked_at END)
ORDER BY one.participant_id;

-- name: staff_came_by_invitation()
SELECT 'staff ' || s.id || ': its invitation ' || i.id || ' is unused or for another post' AS what
FROM staff AS s
INNER JOIN invitation AS i ON i.id = s.invitation_id
WHERE
    i.used_at IS NULL OR i.role <> s.role OR COALESCE(i.centre_id, '') <> COALESCE(s.centre_id, '')
    OR COALESCE(i.subdistrict, '') <> COALESCE(s.subdistrict, '')
ORDER BY s.id;

-- name: cases_have_owners()
SELECT 'case ' || code || ': its owner ' || owner || ' is not of tier ' || tier || ', or it has no time' AS what
FROM case_file
WHERE
    owner = '' OR due_at < opened_at
    OR (tier = 1) <> (owner = centre_id)
    OR (tier = 3) <> (owner = 'district')
ORDER BY code;

-- name: closed_cases_have_a_verdict()
SELECT 'case ' || c.code || ': closed, when, and who said so contradict each other' AS what
FROM case_file AS c
LEFT JOIN case_step AS s ON s.case_id = c.id AND s.number = (
    SELECT MAX(n.number) FROM case_step AS n WHERE n.case_id = c.id AND n.became <> n.was
)
WHERE
    s.number IS NULL
    OR s.became <> c.state
    OR (c.closed_at IS NOT NULL) <> (c.state IN ('closed', 'closed_provisionally'))
    OR (c.state = 'closed' AND s.who <> 'resident')
    OR (c.state = 'closed_provisionally' AND s.who <> 'linli')
ORDER BY c.code;

-- name: cases_end_in_time()
SELECT 'case ' || code || ': answered, and the resident was never asked' AS what
FROM case_file
WHERE state IN ('explained', 'rectified', 'duplicate') AND asked_at IS NULL
ORDER BY code;

-- name: entrants_have_receipts()
SELECT 'booking ' || b.id || ': it waits for a draw and has no receipt, or its session has no draw' AS what
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id
LEFT JOIN lottery_receipt AS r ON r.booking_id = b.id AND r.session_id = b.session_id
WHERE b.state = 'entered' AND (r.receipt IS NULL OR NOT s.has_draw)
ORDER BY b.id;
