-- Ratings: one of a visit counts, all that there were stay.

-- name: of_visit(visit)
SELECT
    id, receipt, visit, centre_id, activity_id, service_id, booking_id, conversation_id, level, how,
    is_verified, rated_on, made_at, replaces, is_current
FROM rating
WHERE visit = :visit AND is_current;

-- name: of_id(id)
SELECT
    id, receipt, visit, centre_id, activity_id, service_id, booking_id, conversation_id, level, how,
    is_verified, rated_on, made_at, replaces, is_current
FROM rating
WHERE id = :id;

-- name: of_receipt(receipt)
SELECT
    id, receipt, visit, centre_id, activity_id, service_id, booking_id, conversation_id, level, how,
    is_verified, rated_on, made_at, replaces, is_current
FROM rating
WHERE receipt = :receipt;

-- Those of all conversations that are linked with this one.
-- name: of_person(conversation_id, most)
SELECT
    id, receipt, visit, centre_id, activity_id, service_id, booking_id, conversation_id, level, how,
    is_verified, rated_on, made_at, replaces, is_current
FROM rating
WHERE
    is_current AND conversation_id IN (
        SELECT o.id FROM conversation AS o
        WHERE
            o.id = :conversation_id
            OR o.family_id = (SELECT c.family_id FROM conversation AS c WHERE c.id = :conversation_id)
    )
ORDER BY made_at DESC, id DESC
LIMIT :most;

-- name: retire(id)
UPDATE rating SET is_current = FALSE WHERE id = :id AND is_current RETURNING id;

-- No row when the visit has a rating, or another one has the receipt.
-- name: add(id, receipt, visit, centre_id, activity_id, service_id, booking_id, conversation_id, level, how, is_verified, rated_on, made_at, replaces)
INSERT INTO rating (
    id, receipt, visit, centre_id, activity_id, service_id, booking_id, conversation_id, level, how,
    is_verified, rated_on, made_at, replaces, is_current
) VALUES (
    :id, :receipt, :visit, :centre_id, CAST(:activity_id AS TEXT), CAST(:service_id AS TEXT),
    CAST(:booking_id AS TEXT), :conversation_id, :level, :how, :is_verified, :rated_on, :made_at,
    CAST(:replaces AS TEXT), TRUE
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: add_reason(rating_id, reason)
INSERT INTO rating_reason (rating_id, reason) VALUES (:rating_id, :reason)
ON CONFLICT DO NOTHING
RETURNING reason;

-- name: reasons(rating_id)
SELECT reason FROM rating_reason WHERE rating_id = :rating_id ORDER BY reason;

-- name: flag(rating_id, flag)
INSERT INTO rating_flag (rating_id, flag) VALUES (:rating_id, :flag) ON CONFLICT DO NOTHING;

-- name: flags(rating_id)
SELECT flag FROM rating_flag WHERE rating_id = :rating_id ORDER BY flag;

-- name: write(rating_id, said, said_at)
INSERT INTO rating_words (rating_id, said, said_at) VALUES (:rating_id, :said, :said_at)
ON CONFLICT (rating_id) DO UPDATE SET said = excluded.said, said_at = excluded.said_at;

-- name: words(rating_id)
SELECT said FROM rating_words WHERE rating_id = :rating_id;

-- The meeting of a family's booking on a day at which somebody of it was checked in.
-- name: attended(booking_id, family_id, first_at, until_at)
SELECT b.id AS booking_id, s.activity_id, s.centre_id, a.starts_at, m.ends_at
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id
INNER JOIN attendance AS a ON a.booking_id = b.id AND a.arrived_at IS NOT NULL
INNER JOIN meeting AS m ON m.session_id = s.id AND m.starts_at = a.starts_at
WHERE
    b.id = :booking_id AND b.family_id = :family_id
    AND a.starts_at >= :first_at AND a.starts_at < :until_at
ORDER BY a.starts_at
LIMIT 1;

-- Meetings that ended in a span of time, somebody was checked in and nobody was asked yet.
-- name: to_ask(first_at, last_at, most)
SELECT DISTINCT b.id AS booking_id, b.family_id, s.activity_id, s.centre_id, m.starts_at, m.ends_at
FROM meeting AS m
INNER JOIN session AS s ON s.id = m.session_id
INNER JOIN booking AS b ON b.session_id = s.id
INNER JOIN attendance AS a ON a.booking_id = b.id AND a.starts_at = m.starts_at AND a.arrived_at IS NOT NULL
WHERE
    m.ends_at > :first_at AND m.ends_at <= :last_at
    AND EXISTS (SELECT 1 FROM conversation AS c WHERE c.family_id = b.family_id)
    AND NOT EXISTS (
        SELECT 1 FROM rating_ask AS r WHERE r.booking_id = b.id AND r.starts_at = m.starts_at
    )
ORDER BY m.ends_at, b.id
LIMIT :most;

-- name: note_asked(booking_id, starts_at, asked_at)
INSERT INTO rating_ask (booking_id, starts_at, asked_at) VALUES (:booking_id, :starts_at, :asked_at)
ON CONFLICT DO NOTHING
RETURNING booking_id;

-- name: note_declined(booking_id, starts_at, declined_at)
UPDATE rating_ask SET declined_at = :declined_at
WHERE booking_id = :booking_id AND starts_at = :starts_at AND declined_at IS NULL;

-- Asked in a span of time, and neither rated, declined nor reminded since.
-- name: to_remind(first_at, last_at, most)
SELECT r.booking_id, b.family_id, s.activity_id, s.centre_id, r.starts_at, m.ends_at
FROM rating_ask AS r
INNER JOIN booking AS b ON b.id = r.booking_id
INNER JOIN session AS s ON s.id = b.session_id
INNER JOIN meeting AS m ON m.session_id = s.id AND m.starts_at = r.starts_at
WHERE
    r.asked_at > :first_at AND r.asked_at <= :last_at AND r.reminded_at IS NULL AND r.declined_at IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM rating AS x
        WHERE x.booking_id = r.booking_id AND x.how = 'attended' AND x.made_at >= r.asked_at
    )
ORDER BY r.asked_at, r.booking_id
LIMIT :most;

-- name: note_reminded(booking_id, starts_at, reminded_at)
UPDATE rating_ask SET reminded_at = :reminded_at
WHERE booking_id = :booking_id AND starts_at = :starts_at AND reminded_at IS NULL
RETURNING booking_id;

-- name: not_in_ledger()
SELECT x.id FROM rating AS x
WHERE NOT EXISTS (SELECT 1 FROM ledger AS l WHERE l.subject_id = x.id AND l.kind = 'rating')
ORDER BY x.id;

-- name: forget_quotes(conversation_id)
DELETE FROM rating_quote
WHERE rating_id IN (SELECT r.id FROM rating AS r WHERE r.conversation_id = :conversation_id);

-- name: forget_words(conversation_id)
DELETE FROM rating_words
WHERE rating_id IN (SELECT x.id FROM rating AS x WHERE x.conversation_id = :conversation_id);

-- name: forget_rater(conversation_id)
UPDATE rating SET conversation_id = NULL, visit = id WHERE conversation_id = :conversation_id RETURNING id;

-- Of a centre, those that count, with their words, and one flag of each that is flagged.
-- name: of_centre(centre_id, since_on)
SELECT
    r.id, r.level, r.is_verified, r.made_at, w.said,
    (SELECT MIN(f.flag) FROM rating_flag AS f WHERE f.rating_id = r.id) AS flag,
    r.excluded_at IS NOT NULL AS is_excluded
FROM rating AS r
LEFT JOIN rating_words AS w ON w.rating_id = r.id
WHERE r.centre_id = :centre_id AND r.is_current AND r.rated_on >= :since_on
ORDER BY r.made_at, r.id;

-- name: reasons_of(centre_id, since_on)
SELECT rating_reason.rating_id, rating_reason.reason
FROM rating_reason
INNER JOIN rating AS r ON r.id = rating_reason.rating_id
WHERE r.centre_id = :centre_id AND r.is_current AND r.rated_on >= :since_on
ORDER BY rating_reason.rating_id, rating_reason.reason;

-- name: let_quote(rating_id, agreed_at)
INSERT INTO rating_quote (rating_id, agreed_at) VALUES (:rating_id, :agreed_at) ON CONFLICT DO NOTHING;

-- name: no_quote(rating_id)
DELETE FROM rating_quote WHERE rating_id = :rating_id;

-- name: may_quote(rating_id)
SELECT COUNT(*) > 0 AS is_agreed FROM rating_quote WHERE rating_id = :rating_id;

-- The last words of a centre that may be quoted and that no digest has quoted yet.
-- name: quotable(centre_id, since_at, before_at)
SELECT q.rating_id
FROM rating_quote AS q
INNER JOIN rating AS r ON r.id = q.rating_id AND r.is_current AND r.excluded_at IS NULL
INNER JOIN rating_words AS w ON w.rating_id = q.rating_id
WHERE
    r.centre_id = :centre_id AND w.said_at >= :since_at AND w.said_at < :before_at
    AND NOT EXISTS (SELECT 1 FROM digest AS d WHERE d.quote_rating_id = q.rating_id)
ORDER BY w.said_at DESC, q.rating_id
LIMIT 1;

-- Nothing once they were erased or may not be quoted any more.
-- name: quote(rating_id)
SELECT w.said
FROM rating_words AS w
INNER JOIN rating_quote AS q ON q.rating_id = w.rating_id
WHERE w.rating_id = :rating_id;
