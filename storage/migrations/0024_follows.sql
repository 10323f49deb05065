-- Who follows which centre, and what its manager announces to them.

-- A family, which may talk in several channels, hears what a centre announces until it says otherwise.
CREATE TABLE follow (
    centre_id TEXT NOT NULL REFERENCES centre (id),
    family_id TEXT NOT NULL REFERENCES family (id),
    followed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (centre_id, family_id)
);
CREATE INDEX follow_by_family ON follow (family_id);

-- Nothing goes out before `goes_at`, so that it can be taken back, nor after `ends_at`. Families are told in the order
-- of their ids, up to `last_family` by now: `told` of them. `arrived` is counted when it is over, and NULL before.
CREATE TABLE announcement (
    id TEXT PRIMARY KEY,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    said TEXT NOT NULL CHECK (said <> ''),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'telling', 'told', 'taken_back')),
    made_at TIMESTAMPTZ NOT NULL,
    goes_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    last_family TEXT NOT NULL,
    told BIGINT NOT NULL CHECK (told >= 0),
    arrived BIGINT,
    CHECK (ends_at > goes_at),
    CHECK (arrived <= told)
);
CREATE INDEX announcement_by_centre ON announcement (centre_id, made_at);
CREATE INDEX announcement_open ON announcement (ends_at) WHERE arrived IS NULL;

-- The messages of one that is not over, by their keys in the outbox, to count which have arrived.
CREATE TABLE announced (
    announcement_id TEXT NOT NULL REFERENCES announcement (id),
    news TEXT NOT NULL,
    PRIMARY KEY (announcement_id, news)
);
