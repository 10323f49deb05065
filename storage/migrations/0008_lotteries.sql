-- Draws for sessions with more families than places, the receipts of those who entered, the published list.

-- Until `closes_at` one can enter. Then the list is published with its hash, before the public value named in
-- it exists; the draw needs that value. The text is kept as it was hashed, and never changes again.
CREATE TABLE lottery (
    session_id TEXT PRIMARY KEY REFERENCES session (id),
    opens_at TIMESTAMPTZ NOT NULL,
    closes_at TIMESTAMPTZ NOT NULL,
    value_name TEXT NOT NULL CHECK (value_name <> ''),
    passes BIGINT NOT NULL CHECK (passes >= 0),
    list_text TEXT,
    list_hash TEXT,
    published_at TIMESTAMPTZ,
    public_value TEXT,
    drawn_at TIMESTAMPTZ,
    drawn_by TEXT,
    CHECK (closes_at > opens_at),
    CHECK (published_at IS NULL OR published_at >= closes_at),
    CHECK ((published_at IS NULL) = (list_text IS NULL)),
    CHECK ((published_at IS NULL) = (list_hash IS NULL)),
    CHECK ((drawn_at IS NULL) = (public_value IS NULL)),
    CHECK ((drawn_at IS NULL) = (drawn_by IS NULL)),
    CHECK (drawn_at IS NULL OR published_at IS NOT NULL)
);
CREATE INDEX lottery_to_publish ON lottery (closes_at) WHERE published_at IS NULL;

-- A family's entry by what it can be looked up in the published list. The receipt is random; who it belongs to
-- stands here alone. `drawn_number`: its place in the order of the draw, from 1.
CREATE TABLE lottery_receipt (
    booking_id TEXT PRIMARY KEY REFERENCES booking (id),
    session_id TEXT NOT NULL REFERENCES lottery (session_id),
    receipt TEXT NOT NULL CHECK (receipt <> ''),
    drawn_number BIGINT,
    UNIQUE (session_id, receipt)
);
