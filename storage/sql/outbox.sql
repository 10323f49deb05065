-- What Linli says. States: waiting -> leased -> sent, or back to waiting; expired and dead are ends.

-- No CAST to an instant: SQLite would make a number of it.
-- name: add(id, conversation_id, number, unique_key, view, state, due_at, expires_at, created_at, sent_at)
INSERT INTO outbox (
    id, conversation_id, number, unique_key, view, state, due_at, expires_at, attempts, created_at, sent_at
) VALUES (
    :id, :conversation_id, :number, :unique_key, :view, :state, :due_at,
    :expires_at, 0, :created_at, :sent_at
)
ON CONFLICT (unique_key) DO NOTHING
RETURNING id;

-- Only the oldest unsent message of a conversation. The outer conditions are asked again of the row
-- itself when another worker was faster.
-- name: lease_due(now_at, until_at, holder, most)
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
            AND NOT EXISTS (
                SELECT 1
                FROM outbox AS older
                WHERE
                    older.conversation_id = o.conversation_id AND older.number < o.number
                    AND older.state IN ('waiting', 'leased')
            )
        ORDER BY o.due_at, o.id
        LIMIT :most
    )
    AND ((state = 'waiting' AND due_at <= :now_at) OR (state = 'leased' AND leased_until_at <= :now_at))
RETURNING
    id, conversation_id, number, view, attempts, due_at, expires_at,
    (SELECT c.channel FROM conversation AS c WHERE c.id = outbox.conversation_id) AS channel,
    (SELECT c.address FROM conversation AS c WHERE c.id = outbox.conversation_id) AS address,
    EXISTS (
        SELECT 1 FROM outbox AS behind
        WHERE
            behind.conversation_id = outbox.conversation_id AND behind.number > outbox.number
            AND behind.state IN ('waiting', 'leased') AND behind.expires_at IS NULL
    ) AS is_awaited;

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
    id, conversation_id, number, view, attempts, due_at, expires_at,
    (SELECT c.channel FROM conversation AS c WHERE c.id = outbox.conversation_id) AS channel,
    (SELECT c.address FROM conversation AS c WHERE c.id = outbox.conversation_id) AS address,
    FALSE AS is_awaited;

-- What waits in a conversation for later waits no longer.
-- name: hurry(conversation_id, now_at)
UPDATE outbox SET due_at = :now_at
WHERE conversation_id = :conversation_id AND state = 'waiting' AND due_at > :now_at AND attempts > 0;

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

-- name: after(conversation_id, number, most)
SELECT id, conversation_id, number, view, state, created_at
FROM outbox
WHERE conversation_id = :conversation_id AND number > :number AND view <> ''
ORDER BY number
LIMIT :most;

-- Nearly all messages are sent: they are not counted, and an index holds the others alone.
-- name: depth()
SELECT state, COUNT(*) AS messages FROM outbox WHERE state <> 'sent' GROUP BY state ORDER BY state;
