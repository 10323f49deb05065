-- What WeChat showed of what was said, where that is not simply the answer: `numbers` are those of the outbox,
-- separated by blanks, `page` the page of them. A push that comes again is answered with the same.
-- `last_number` is that of the conversation then: what was said since is newer than what was shown.
CREATE TABLE wechat_shown (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    message_id TEXT NOT NULL,
    numbers TEXT NOT NULL,
    page BIGINT NOT NULL CHECK (page >= 1),
    last_number BIGINT NOT NULL,
    shown_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (conversation_id, message_id)
);

-- How many messages of our own accord WeChat still takes for somebody, and until when: one row for what they
-- wrote ('message') and one for what they tapped, scanned or followed ('touch').
CREATE TABLE wechat_window (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    kind TEXT NOT NULL CHECK (kind IN ('message', 'touch')),
    message_id TEXT NOT NULL,
    pushes_left BIGINT NOT NULL CHECK (pushes_left >= 0),
    closes_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (conversation_id, kind)
);
