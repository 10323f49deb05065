-- A late answer was given the end of news and leased as such: an answer has no end of its own, and is urgent.
UPDATE outbox
SET expires_at = NULL
WHERE
    state IN ('waiting', 'leased')
    AND EXISTS (SELECT 1 FROM inbox AS i WHERE i.conversation_id = outbox.conversation_id AND i.number = outbox.number);

-- How often delivering it failed in a way that nobody foresaw: not for ever.
ALTER TABLE outbox ADD COLUMN faults BIGINT NOT NULL DEFAULT 0;

-- When the app said that somebody takes nothing there any more: they blocked Linli, left it or gave their account up.
-- NULL again as soon as they write.
ALTER TABLE conversation ADD COLUMN gone_at TIMESTAMPTZ;
