-- Draws for sessions; whoever changes one holds its session's row.

-- Again while nobody entered: the other times count. No row once the list was published.
-- name: plan(session_id, opens_at, closes_at, value_name, passes)
INSERT INTO lottery (session_id, opens_at, closes_at, value_name, passes)
VALUES (:session_id, :opens_at, :closes_at, :value_name, :passes)
ON CONFLICT (session_id) DO UPDATE
SET
    opens_at = excluded.opens_at, closes_at = excluded.closes_at, value_name = excluded.value_name,
    passes = excluded.passes
WHERE lottery.published_at IS NULL
RETURNING session_id;

-- name: of_session(session_id)
SELECT
    session_id, opens_at, closes_at, value_name, passes, list_text, list_hash, published_at, public_value,
    drawn_at, drawn_by
FROM lottery
WHERE session_id = :session_id;

-- No row when one cannot enter now, or another family has this receipt.
-- name: enter(booking_id, session_id, receipt, now_at)
INSERT INTO lottery_receipt (booking_id, session_id, receipt)
SELECT CAST(:booking_id AS TEXT), l.session_id, CAST(:receipt AS TEXT)
FROM lottery AS l
WHERE
    l.session_id = :session_id AND l.published_at IS NULL
    AND l.opens_at <= :now_at AND l.closes_at > :now_at
ON CONFLICT DO NOTHING
RETURNING receipt;

-- name: entry_of(booking_id)
SELECT booking_id, receipt, drawn_number FROM lottery_receipt WHERE booking_id = :booking_id;

-- name: entries(session_id)
SELECT r.booking_id, r.receipt, r.drawn_number
FROM lottery_receipt AS r
INNER JOIN booking AS b ON b.id = r.booking_id
WHERE r.session_id = :session_id AND b.state = 'entered'
ORDER BY r.receipt;

-- Called-off sessions and those that have begun are drawn no more.
-- name: to_publish(now_at)
SELECT l.session_id
FROM lottery AS l
INNER JOIN session AS s ON s.id = l.session_id
WHERE l.published_at IS NULL AND l.closes_at <= :now_at AND s.state = 'planned' AND s.starts_at > :now_at
ORDER BY l.closes_at, l.session_id;

-- name: publish(session_id, list_text, list_hash, published_at)
UPDATE lottery
SET list_text = :list_text, list_hash = :list_hash, published_at = :published_at
WHERE session_id = :session_id AND published_at IS NULL
RETURNING session_id;

-- No row for the second draw.
-- name: mark_drawn(session_id, public_value, drawn_at, drawn_by)
UPDATE lottery
SET public_value = :public_value, drawn_at = :drawn_at, drawn_by = :drawn_by
WHERE session_id = :session_id AND published_at IS NOT NULL AND drawn_at IS NULL
RETURNING session_id;

-- name: number(session_id, receipt, drawn_number)
UPDATE lottery_receipt SET drawn_number = :drawn_number WHERE session_id = :session_id AND receipt = :receipt;

-- name: give(id, booked_at)
UPDATE booking SET state = 'booked', booked_at = :booked_at, version = version + 1
WHERE id = :id AND state = 'entered'
RETURNING id;

-- name: offer(id, offered_at, offer_until_at)
UPDATE booking
SET state = 'offered', offered_at = :offered_at, offer_until_at = :offer_until_at, version = version + 1
WHERE id = :id AND state = 'entered'
RETURNING id;

-- name: into_line(id, in_line, passed_over)
UPDATE booking
SET state = 'waiting', in_line = :in_line, passed_over = :passed_over, version = version + 1
WHERE id = :id AND state = 'entered'
RETURNING id;
