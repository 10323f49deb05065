-- A conversation that changes hands: by a code that the resident keeps, or by staff, who see both devices.

-- Only a hash of the code is kept. A conversation has one code; asking again replaces it.
CREATE TABLE recovery_code (
    conversation_id TEXT PRIMARY KEY REFERENCES conversation (id),
    code_hash TEXT NOT NULL UNIQUE,
    offered_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CHECK (expires_at > offered_at)
);
CREATE INDEX recovery_code_by_end ON recovery_code (expires_at);

-- Devices whose code was looked at: staff can name one that has no conversation yet.
CREATE TABLE device (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    shown_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (channel, address)
);

-- Who moved which conversation from where to where. Rows are never changed.
CREATE TABLE relink (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    from_address TEXT NOT NULL,
    to_address TEXT NOT NULL,
    done_by TEXT NOT NULL CHECK (done_by <> ''),
    because TEXT,
    done_at TIMESTAMPTZ NOT NULL,
    CHECK (from_address <> to_address)
);
