-- What Linli says. States: waiting -> leased -> sent, or back to waiting; expired and dead are ends.

-- No CAST to an instant: SQLite would make a number of it.
-- name: add(id, conversation_id, number, unique_key, view, state, due_at, expires_at, created_at, sent_at, whose)
INSERT INTO outbox (
    id, conversation_id, number, unique_key, view, state, due_at, expires_at, attempts, created_at, sent_at, whose
) VALUES (
    :id, :conversation_id, :number, :unique_key, :view, :state, :due_at,
    :expires_at, 0, :created_at, :sent_at, :whose
)
ON CONFLICT (unique_key) DO NOTHING
RETURNING id;

-- Only the oldest unsent message of a conversation. The outer conditions are asked again of the row
-- itself when another worker was faster. On the channels in `rings` (names between blanks) news that ends from
-- `held_at` on is left where it is, unless something stands behind it that is not: what has no end, an answer or
-- danger, and what ends before.
-- name: lease_due(now_at, until_at, holder, most, rings, held_at, lane, is_among)
UPDATE outbox
SET state = 'leased', lease_holder = :holder, leased_until_at = :until_at, attempts = attempts + 1
WHERE
    id IN (
        SELECT o.id
        FROM outbox AS o
        WHERE
            o.state IN ('waiting', 'leased')
            AND ((o.state = 'waiting' AND o.due_at <= :now_at) OR (o.state = 'leased' AND o.leased_until_at <= :now_at))
            AND (o.expires_at IS NULL OR o.expires_at > :now_at)
            AND (
                :lane LIKE '% ' || (SELECT k.channel FROM conversation AS k WHERE k.id = o.conversation_id) || ' %'
            ) = :is_among
            AND NOT EXISTS (
                SELECT 1
                FROM outbox AS older
                WHERE
                    older.conversation_id = o.conversation_id AND older.number < o.number
                    AND older.state IN ('waiting', 'leased')
            )
            AND EXISTS (
                SELECT 1
                FROM outbox AS here
                INNER JOIN conversation AS c ON c.id = here.conversation_id
                WHERE
                    here.conversation_id = o.conversation_id AND here.number >= o.number
                    AND here.state IN ('waiting', 'leased')
                    AND (
                        here.expires_at IS NULL OR here.expires_at < :held_at
                        OR :rings NOT LIKE '% ' || c.channel || ' %'
                    )
            )
        ORDER BY o.due_at, o.id
        LIMIT :most
    )
    AND ((state = 'waiting' AND due_at <= :now_at) OR (state = 'leased' AND leased_until_at <= :now_at))
RETURNING
    id, conversation_id, number, view, attempts, due_at,
    (SELECT c.channel FROM conversation AS c WHERE c.id = outbox.conversation_id) AS channel,
    (SELECT c.address FROM conversation AS c WHERE c.id = outbox.conversation_id) AS address,
    FALSE AS is_urgent;

-- The same of conversations in which something waits that has no end: an answer, or danger.
-- name: lease_urgent(now_at, until_at, holder, most, lane, is_among)
UPDATE outbox
SET state = 'leased', lease_holder = :holder, leased_until_at = :until_at, attempts = attempts + 1
WHERE
    id IN (
        SELECT o.id
        FROM outbox AS o
        WHERE
            o.conversation_id IN (
                SELECT u.conversation_id
                FROM outbox AS u
                WHERE u.state IN ('waiting', 'leased') AND u.expires_at IS NULL
            )
            AND ((o.state = 'waiting' AND o.due_at <= :now_at) OR (o.state = 'leased' AND o.leased_until_at <= :now_at))
            AND (o.expires_at IS NULL OR o.expires_at > :now_at)
            AND (
                :lane LIKE '% ' || (SELECT k.channel FROM conversation AS k WHERE k.id = o.conversation_id) || ' %'
            ) = :is_among
            AND NOT EXISTS (
                SELECT 1
                FROM outbox AS older
                WHERE
                    older.conversation_id = o.conversation_id AND older.number < o.number
                    AND older.state IN ('waiting', 'leased')
            )
        ORDER BY o.created_at, o.id
        LIMIT :most
    )
    AND ((state = 'waiting' AND due_at <= :now_at) OR (state = 'leased' AND leased_until_at <= :now_at))
RETURNING
    id, conversation_id, number, view, attempts, due_at,
    (SELECT c.channel FROM conversation AS c WHERE c.id = outbox.conversation_id) AS channel,
    (SELECT c.address FROM conversation AS c WHERE c.id = outbox.conversation_id) AS address,
    TRUE AS is_urgent;

-- Whoever has it is left to it. What is for later stays for later; what found nobody before may be tried now.
-- name: lease_next(channel, address, now_at, until_at, holder)
UPDATE outbox
SET state = 'leased', lease_holder = :holder, leased_until_at = :until_at, attempts = attempts + 1
WHERE
    id = (
        SELECT o.id
        FROM outbox AS o
        INNER JOIN conversation AS c ON c.id = o.conversation_id
        WHERE c.channel = :channel AND c.address = :address AND o.state IN ('waiting', 'leased')
        ORDER BY o.number
        LIMIT 1
    )
    AND (
        (state = 'waiting' AND (due_at <= :now_at OR attempts > 0))
        OR (state = 'leased' AND leased_until_at <= :now_at)
    )
    AND (expires_at IS NULL OR expires_at > :now_at)
RETURNING
    id, conversation_id, number, view, attempts, due_at,
    (SELECT c.channel FROM conversation AS c WHERE c.id = outbox.conversation_id) AS channel,
    (SELECT c.address FROM conversation AS c WHERE c.id = outbox.conversation_id) AS address,
    TRUE AS is_urgent;

-- name: mark_sent(id, holder, sent_at)
UPDATE outbox
SET state = 'sent', sent_at = :sent_at, lease_holder = NULL, leased_until_at = NULL, last_error = NULL
WHERE id = :id AND state = 'leased' AND lease_holder = :holder
RETURNING id;

-- name: retry_later(id, holder, due_at, error)
UPDATE outbox
SET state = 'waiting', due_at = :due_at, lease_holder = NULL, leased_until_at = NULL, last_error = :error
WHERE id = :id AND state = 'leased' AND lease_holder = :holder
RETURNING id;

-- What failed in a way that nobody foresaw, for the `most`-th time, is dead.
-- name: note_fault(id, holder, due_at, error, most)
UPDATE outbox
SET
    state = CASE WHEN faults + 1 < :most THEN 'waiting' ELSE 'dead' END, faults = faults + 1,
    due_at = :due_at, lease_holder = NULL, leased_until_at = NULL, last_error = :error
WHERE id = :id AND state = 'leased' AND lease_holder = :holder
RETURNING state;

-- What nobody takes, without what it says: of those that could still be heard the newest first.
-- name: dead(most)
SELECT o.id, c.channel, o.attempts, o.last_error, o.created_at, o.expires_at
FROM outbox AS o
INNER JOIN conversation AS c ON c.id = o.conversation_id
WHERE o.state <> 'sent' AND o.state = 'dead'
ORDER BY o.created_at DESC, o.id
LIMIT :most;

-- Unless its time is over.
-- name: try_again(id, now_at, before_at)
UPDATE outbox SET state = 'waiting', due_at = :now_at, attempts = 0, faults = 0, last_error = NULL
WHERE
    id = :id AND state = 'dead'
    AND (expires_at > :now_at OR (expires_at IS NULL AND created_at > :before_at))
RETURNING id;

-- name: mark_dead(id, holder, error)
UPDATE outbox
SET state = 'dead', lease_holder = NULL, leased_until_at = NULL, last_error = :error
WHERE id = :id AND state = 'leased' AND lease_holder = :holder
RETURNING id;

-- A message that a worker is sending right now is left to that worker.
-- name: expire(now_at)
UPDATE outbox
SET state = 'expired', lease_holder = NULL, leased_until_at = NULL
WHERE
    state IN ('waiting', 'leased')
    AND expires_at <= :now_at
    AND (state = 'waiting' OR (state = 'leased' AND leased_until_at <= :now_at))
RETURNING id;

-- The same of what has no end.
-- name: expire_endless(now_at, before_at)
UPDATE outbox
SET state = 'expired', lease_holder = NULL, leased_until_at = NULL
WHERE
    state IN ('waiting', 'leased')
    AND expires_at IS NULL AND created_at <= :before_at
    AND (state = 'waiting' OR (state = 'leased' AND leased_until_at <= :now_at))
RETURNING id;

-- name: give_back(holder)
UPDATE outbox SET state = 'waiting', lease_holder = NULL, leased_until_at = NULL
WHERE state <> 'sent' AND state = 'leased' AND lease_holder = :holder
RETURNING id;

-- name: is_said(unique_key)
SELECT id FROM outbox WHERE unique_key = :unique_key;

-- Also what somebody is sending right now: whether that arrives nobody knows yet, and it finds nothing to mark.
-- name: take_back(conversation_id, whose, now_at)
DELETE FROM outbox
WHERE
    conversation_id = :conversation_id AND whose = :whose AND state IN ('waiting', 'leased')
    AND (expires_at IS NULL OR expires_at > :now_at)
RETURNING number, unique_key, view, expires_at;

-- name: after(conversation_id, number, most)
SELECT id, conversation_id, number, view, state, created_at
FROM outbox
WHERE conversation_id = :conversation_id AND number > :number AND view <> ''
ORDER BY number
LIMIT :most;

-- Nearly all messages are sent: they are not counted, and an index holds the others alone.
-- name: depth()
SELECT state, COUNT(*) AS messages FROM outbox WHERE state <> 'sent' GROUP BY state ORDER BY state;
