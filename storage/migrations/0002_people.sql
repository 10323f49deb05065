-- People behind the bot: answers that were promised, and questions that nobody could answer.

-- Codes that people read to each other are counted, by their sort.
CREATE TABLE code_count (
    name TEXT PRIMARY KEY,
    last_number BIGINT NOT NULL
);

-- A resident waits for a person's answer. `code` is read out on the phone; `owner` is the id of the centre
-- that answers, or 'district'; `topic` holds codes of what was asked last, never words. A phone number is
-- kept while it is needed.
CREATE TABLE callback (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    centre_id TEXT REFERENCES centre (id),
    owner TEXT NOT NULL,
    topic TEXT NOT NULL,
    phone TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'cancelled')),
    asked_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    answered_at TIMESTAMPTZ,
    answered_by TEXT,
    CHECK ((state = 'answered') = (answered_at IS NOT NULL)),
    CHECK ((state = 'answered') = (answered_by IS NOT NULL)),
    CHECK (state = 'open' OR phone IS NULL)
);
CREATE UNIQUE INDEX callback_open ON callback (conversation_id) WHERE state = 'open';
CREATE INDEX callback_due ON callback (due_at) WHERE state = 'open';

-- What nobody could answer, without personal data. `text_key` is `shown` without signs, so that the same
-- question counts as one.
CREATE TABLE unknown_question (
    text_key TEXT PRIMARY KEY,
    shown TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('not_understood', 'nothing_found', 'out_of_scope')),
    times BIGINT NOT NULL CHECK (times > 0),
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    CHECK (last_on >= first_on)
);
CREATE INDEX unknown_question_by_day ON unknown_question (last_on);
