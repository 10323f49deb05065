-- What waits without an end, an answer or danger, is found before thousands of news; and so is what is over.
CREATE INDEX outbox_by_end ON outbox (expires_at) WHERE state IN ('waiting', 'leased');
