-- Cases that have one thing behind them: the district puts it right once for all of them.
CREATE TABLE topic (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('open', 'fixed')),
    opened_at TIMESTAMPTZ NOT NULL,
    fixed_at TIMESTAMPTZ,
    said TEXT,
    CHECK ((state = 'fixed') = (fixed_at IS NOT NULL))
);
CREATE INDEX topic_open ON topic (opened_at) WHERE state = 'open';

-- A case belongs to one topic at most.
CREATE TABLE topic_case (
    case_id TEXT PRIMARY KEY REFERENCES case_file (id),
    topic_id TEXT NOT NULL REFERENCES topic (id),
    joined_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX topic_case_by_topic ON topic_case (topic_id);
