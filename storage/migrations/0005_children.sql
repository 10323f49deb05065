-- Children: what guardians agreed to, names under seal, who fetches a child, who looked, what was erased.

-- What was agreed to, when, where, in which words. A row is never deleted while its participant is there;
-- who asks again after having withdrawn makes another. What concerns a list of names is for one centre and term.
CREATE TABLE consent (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participant (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('roster', 'pick_up', 'allergy')),
    centre_id TEXT REFERENCES centre (id),
    term TEXT,
    text_version BIGINT NOT NULL,
    language TEXT NOT NULL,
    channel TEXT NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    CHECK ((centre_id IS NULL) = (term IS NULL)),
    CHECK ((purpose = 'allergy') = (centre_id IS NULL))
);
CREATE UNIQUE INDEX consent_stands ON consent (participant_id, purpose, COALESCE(centre_id, ''), COALESCE(term, ''))
WHERE withdrawn_at IS NULL;
CREATE INDEX consent_by_participant ON consent (participant_id);

-- That there is a key, never the key: it lies in a file. `term` is the id of a school term, or a month.
-- `names`: how many it had sealed when it was destroyed.
CREATE TABLE name_key (
    centre_id TEXT NOT NULL REFERENCES centre (id),
    term TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    expires_on DATE NOT NULL,
    destroyed_at TIMESTAMPTZ,
    names BIGINT,
    PRIMARY KEY (centre_id, term),
    CHECK ((destroyed_at IS NULL) = (names IS NULL))
);
CREATE INDEX name_key_by_end ON name_key (expires_on) WHERE destroyed_at IS NULL;

-- A child's name for the list of a centre, or that of an adult who may fetch the child (`relation` is a code).
CREATE TABLE sealed_name (
    id TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participant (id),
    centre_id TEXT NOT NULL,
    term TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('roster', 'pick_up')),
    relation TEXT,
    sealed BYTEA NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL,
    expires_on DATE NOT NULL,
    FOREIGN KEY (centre_id, term) REFERENCES name_key (centre_id, term),
    CHECK ((purpose = 'pick_up') = (relation IS NOT NULL))
);
CREATE UNIQUE INDEX sealed_name_on_list ON sealed_name (participant_id, centre_id, term) WHERE purpose = 'roster';
CREATE INDEX sealed_name_by_participant ON sealed_name (participant_id);
CREATE INDEX sealed_name_by_key ON sealed_name (centre_id, term);

-- Whether there is something to be told to the teacher in person; never what.
CREATE TABLE participant_care (
    participant_id TEXT PRIMARY KEY REFERENCES participant (id),
    has_allergy BOOLEAN NOT NULL,
    noted_at TIMESTAMPTZ NOT NULL
);

-- Lets somebody fetch a child from one meeting, once; a new code replaces the one before. A hash is kept.
CREATE TABLE pickup_code (
    booking_id TEXT NOT NULL,
    participant_id TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    code_hash TEXT NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    used_by TEXT,
    PRIMARY KEY (booking_id, participant_id, starts_at),
    FOREIGN KEY (booking_id, participant_id) REFERENCES place (booking_id, participant_id),
    CHECK ((used_at IS NULL) = (used_by IS NULL)),
    CHECK (expires_at > made_at)
);
CREATE INDEX pickup_code_by_participant ON pickup_code (participant_id);
CREATE INDEX pickup_code_by_end ON pickup_code (expires_at);

-- Which member of staff saw what of whom: 'roster', 'name', 'pick_up', 'export'. Rows are never changed.
CREATE TABLE view_log (
    id TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL CHECK (staff_id <> ''),
    centre_id TEXT,
    participant_id TEXT NOT NULL REFERENCES participant (id),
    what TEXT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX view_log_by_participant ON view_log (participant_id, seen_at);

-- What was erased, by ids; a journal outside the database says the same, and has it erased again after a
-- backup was brought back. `scrubbed_at`: from then on nothing of it is in the files of an SQLite database.
CREATE TABLE erasure (
    receipt TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('family', 'participant', 'conversation')),
    subject_id TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ NOT NULL,
    scrubbed_at TIMESTAMPTZ,
    PRIMARY KEY (receipt, kind, subject_id)
);
CREATE INDEX erasure_to_scrub ON erasure (done_at) WHERE scrubbed_at IS NULL;
