-- Whose news a message is: the id of a family, or of the conversation in which a case was opened; NULL where it
-- belongs to its own conversation alone. When chats part, what did not arrive goes to where it belongs then.
ALTER TABLE outbox ADD COLUMN whose TEXT;

-- What has not arrived in a conversation, however much was said there.
CREATE INDEX outbox_unsent ON outbox (conversation_id, number) WHERE state IN ('waiting', 'leased');
