-- The directory, the calendar, conversations, the outbox and the claims of timed jobs.
-- One text for both engines: the column types are PostgreSQL's; SQLite keeps the values that
-- database.py makes of them (instants and dates as ISO text, booleans as 0 and 1).

CREATE TABLE directory_version (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE centre (
    id TEXT PRIMARY KEY,
    district TEXT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    subdistrict TEXT NOT NULL,
    community TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('community', 'park')),
    status TEXT NOT NULL CHECK (status IN ('open', 'building', 'preparing')),
    opened_on DATE,
    address TEXT NOT NULL,
    latitude DOUBLE PRECISION NOT NULL,
    longitude DOUBLE PRECISION NOT NULL,
    phone TEXT,
    hours_text TEXT NOT NULL,
    accessibility TEXT,
    transport TEXT,
    note TEXT,
    row_hash TEXT NOT NULL,
    updated_on DATE NOT NULL,
    withdrawn_at TIMESTAMPTZ
);
CREATE INDEX centre_by_district ON centre (district);

CREATE TABLE service (
    id TEXT PRIMARY KEY,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    hours_text TEXT NOT NULL,
    fee TEXT,
    audience TEXT,
    bring TEXT,
    how TEXT,
    words TEXT,
    note TEXT,
    row_hash TEXT NOT NULL,
    updated_on DATE NOT NULL,
    withdrawn_at TIMESTAMPTZ
);
-- A service that was withdrawn may be entered again under another id.
CREATE UNIQUE INDEX service_by_name ON service (centre_id, name) WHERE withdrawn_at IS NULL;

CREATE TABLE activity (
    id TEXT PRIMARY KEY,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    time_text TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    places BIGINT NOT NULL CHECK (places > 0),
    audience TEXT,
    fee TEXT,
    room TEXT,
    teacher TEXT,
    opens_text TEXT,
    cancel_text TEXT,
    note TEXT,
    row_hash TEXT NOT NULL,
    updated_on DATE NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX activity_by_centre ON activity (centre_id);

CREATE TABLE kiosk (
    id TEXT PRIMARY KEY,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    location TEXT NOT NULL,
    hours_text TEXT NOT NULL,
    can_do TEXT NOT NULL,
    row_hash TEXT NOT NULL,
    updated_on DATE NOT NULL,
    withdrawn_at TIMESTAMPTZ
);
CREATE INDEX kiosk_by_centre ON kiosk (centre_id);

-- A day or more on which a centre, or one of its services, does not keep its written hours.
-- Empty hours mean closed.
CREATE TABLE closure (
    id TEXT PRIMARY KEY,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    service_id TEXT REFERENCES service (id),
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    hours_text TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (last_on >= first_on)
);
CREATE INDEX closure_by_centre ON closure (centre_id);

CREATE TABLE calendar_year (
    year BIGINT PRIMARY KEY,
    source TEXT NOT NULL
);

CREATE TABLE calendar_day (
    day_on DATE PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('off', 'work')),
    holiday TEXT NOT NULL,
    source TEXT NOT NULL
);

CREATE TABLE school_term (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    source TEXT NOT NULL,
    is_invented BOOLEAN NOT NULL,
    CHECK (ends_on >= starts_on)
);

CREATE TABLE embedding (
    text_hash TEXT NOT NULL,
    model TEXT NOT NULL,
    vector BYTEA NOT NULL,
    PRIMARY KEY (text_hash, model)
);

-- One thread between a resident and Linli on one channel. `version` changes with every turn,
-- `last_number` numbers what Linli says there.
CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    version BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    state TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    UNIQUE (channel, address)
);

-- What a resident said, once per message; `number` is the answer's number in the outbox.
CREATE TABLE inbox (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    message_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    said TEXT NOT NULL,
    intent TEXT NOT NULL,
    slots TEXT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (conversation_id, message_id)
);
CREATE UNIQUE INDEX inbox_by_number ON inbox (conversation_id, number);

-- Everything Linli says: answers and messages of its own accord, as the view that templates render.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    number BIGINT NOT NULL,
    unique_key TEXT NOT NULL UNIQUE,
    view TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'sent', 'expired', 'dead')),
    due_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    leased_until_at TIMESTAMPTZ,
    lease_holder TEXT,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    UNIQUE (conversation_id, number)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('waiting', 'leased');
CREATE INDEX outbox_not_sent ON outbox (state) WHERE state <> 'sent';

-- A job runs once per period, whoever comes first.
CREATE TABLE job_claim (
    job TEXT NOT NULL,
    period TEXT NOT NULL,
    holder TEXT NOT NULL,
    claimed_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    outcome TEXT,
    PRIMARY KEY (job, period)
);
