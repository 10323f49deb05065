-- What was said in a conversation of Telegram.

-- name: said(channel, address, number)
SELECT o.view
FROM outbox AS o
INNER JOIN conversation AS c ON c.id = o.conversation_id
WHERE c.channel = :channel AND c.address = :address AND o.number = :number AND o.view <> '';

-- name: give_up(channel, address, error)
UPDATE outbox
SET state = 'dead', last_error = :error
WHERE
    state = 'waiting'
    AND conversation_id IN (SELECT c.id FROM conversation AS c WHERE c.channel = :channel AND c.address = :address)
RETURNING id;
