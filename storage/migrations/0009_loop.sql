-- Ratings, the cases that bad ones open, and the ledger in which both can be proven.

-- What was said of one visit. `visit` names it: a meeting of a booking that was attended, or a resident, a
-- centre and a day. A changed rating is another row that names the one it `replaces`. The words stand
-- apart, so that they can be erased; `conversation_id` is emptied then as well. `excluded_at`: the district
-- upheld an appeal; the row stays.
CREATE TABLE rating (
    id TEXT PRIMARY KEY,
    receipt TEXT NOT NULL UNIQUE,
    visit TEXT NOT NULL,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    activity_id TEXT REFERENCES activity (id),
    service_id TEXT REFERENCES service (id),
    booking_id TEXT REFERENCES booking (id),
    conversation_id TEXT REFERENCES conversation (id),
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 5),
    how TEXT NOT NULL CHECK (how IN ('attended', 'door', 'said', 'desk')),
    is_verified BOOLEAN NOT NULL,
    rated_on DATE NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    replaces TEXT REFERENCES rating (id),
    is_current BOOLEAN NOT NULL,
    excluded_at TIMESTAMPTZ,
    excluded_by TEXT,
    CHECK (is_verified = (how = 'attended')),
    CHECK ((excluded_at IS NULL) = (excluded_by IS NULL))
);
CREATE UNIQUE INDEX rating_of_visit ON rating (visit) WHERE is_current;
CREATE INDEX rating_by_visit ON rating (visit);
CREATE INDEX rating_by_centre ON rating (centre_id, rated_on);
CREATE INDEX rating_by_conversation ON rating (conversation_id);
CREATE INDEX rating_by_booking ON rating (booking_id);

-- Codes of the word lists.
CREATE TABLE rating_reason (
    rating_id TEXT NOT NULL REFERENCES rating (id),
    reason TEXT NOT NULL,
    PRIMARY KEY (rating_id, reason)
);

-- Why a rating counts for less: it stays, and what it counts is a rule of handlers/stars.py.
CREATE TABLE rating_flag (
    rating_id TEXT NOT NULL REFERENCES rating (id),
    flag TEXT NOT NULL CHECK (flag IN ('staff', 'burst', 'en_bloc', 'device')),
    PRIMARY KEY (rating_id, flag)
);

-- What a resident wrote of it.
CREATE TABLE rating_words (
    rating_id TEXT PRIMARY KEY REFERENCES rating (id),
    said TEXT NOT NULL,
    said_at TIMESTAMPTZ NOT NULL
);

-- Which visits were asked about, so that each is asked about once and reminded of once at most.
CREATE TABLE rating_ask (
    booking_id TEXT NOT NULL REFERENCES booking (id),
    starts_at TIMESTAMPTZ NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    reminded_at TIMESTAMPTZ,
    declined_at TIMESTAMPTZ,
    PRIMARY KEY (booking_id, starts_at)
);
CREATE INDEX rating_ask_by_time ON rating_ask (asked_at) WHERE reminded_at IS NULL AND declined_at IS NULL;

-- A case: something that somebody has to put right. `owner` is the id of a centre, the name of a subdistrict
-- or 'district', by `tier` 1 to 3; states and who may move them stand in handlers/case_states.py.
CREATE TABLE case_file (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('rating', 'complaint', 'information', 'urgent')),
    about TEXT,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    activity_id TEXT REFERENCES activity (id),
    service_id TEXT REFERENCES service (id),
    rating_id TEXT REFERENCES rating (id),
    conversation_id TEXT REFERENCES conversation (id),
    tier BIGINT NOT NULL CHECK (tier BETWEEN 1 AND 3),
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    extended_until_at TIMESTAMPTZ,
    asked_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX case_by_owner ON case_file (owner, due_at) WHERE closed_at IS NULL;
CREATE INDEX case_by_due ON case_file (due_at) WHERE closed_at IS NULL;
CREATE INDEX case_by_conversation ON case_file (conversation_id);
CREATE INDEX case_by_centre ON case_file (centre_id, opened_at);
CREATE INDEX case_by_state ON case_file (state, opened_at);
CREATE INDEX case_of_rating ON case_file (rating_id);

-- Each step of a case, never changed. `who` is 'resident', 'linli' or the id of a member of staff.
CREATE TABLE case_step (
    case_id TEXT NOT NULL REFERENCES case_file (id),
    number BIGINT NOT NULL,
    who TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    because TEXT,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, number)
);

-- What was written with a step, by the resident or to them.
CREATE TABLE case_words (
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (case_id, number),
    FOREIGN KEY (case_id, number) REFERENCES case_step (case_id, number)
);

-- A chain: `entry_hash` holds the commitment, what it is about and the hash before. The commitment hides its
-- content behind a salt; whoever destroys the salt leaves a chain that still holds.
CREATE TABLE ledger (
    number BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('rating', 'reason', 'words', 'step')),
    subject_id TEXT NOT NULL,
    commitment TEXT NOT NULL,
    entry_hash TEXT NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX ledger_by_subject ON ledger (subject_id);

CREATE TABLE ledger_salt (
    number BIGINT PRIMARY KEY REFERENCES ledger (number),
    salt TEXT NOT NULL
);

-- The last hash of each day, as it was published.
CREATE TABLE ledger_root (
    day_on DATE PRIMARY KEY,
    number BIGINT NOT NULL REFERENCES ledger (number),
    entry_hash TEXT NOT NULL,
    published_at TIMESTAMPTZ NOT NULL
);
