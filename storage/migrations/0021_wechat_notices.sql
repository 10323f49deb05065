-- What was sent of a message beside the conversation, as a template message or a subscription notice; the message
-- itself waits until its resident writes. 'sending': nobody knows yet; 'sent': WeChat took it; 'arrived' and
-- 'failed': what it reported later, or said at once. `reported_as` is the number by which it reports.
CREATE TABLE wechat_notice (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    number BIGINT NOT NULL,
    route TEXT NOT NULL CHECK (route IN ('subscription', 'template')),
    template_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'arrived', 'failed')),
    reported_as TEXT,
    sent_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (conversation_id, number, route)
);

-- How many subscription notices of a template somebody still agreed to. `event_id` is what was counted last: WeChat
-- tells it again while it has no answer.
CREATE TABLE wechat_credit (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    template_id TEXT NOT NULL,
    credits BIGINT NOT NULL CHECK (credits >= 0),
    event_id TEXT NOT NULL,
    PRIMARY KEY (conversation_id, template_id)
);
