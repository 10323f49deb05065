-- Staff: who they are by invitation alone, what they did, what of it can be taken back, and what they
-- changed in the directory.

-- A one-time code, kept as a hash. `made_by` is 'shell' or the id of a member of staff.
CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    code_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('centre_staff', 'centre_manager', 'subdistrict', 'district', 'operator')),
    centre_id TEXT REFERENCES centre (id),
    subdistrict TEXT,
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    CHECK (expires_at > made_at),
    CHECK (used_at IS NULL OR revoked_at IS NULL),
    CHECK ((centre_id IS NOT NULL) = (role IN ('centre_staff', 'centre_manager'))),
    CHECK ((subdistrict IS NOT NULL) = (role = 'subdistrict'))
);

-- A conversation in which staff speak. The post stays with the channel and address at which the code was
-- typed: who takes the conversation over on another device does not take over the post. Whoever erases the
-- conversation gives the post up: the row stays with its id alone, for the audit.
CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('centre_staff', 'centre_manager', 'subdistrict', 'district', 'operator')),
    centre_id TEXT REFERENCES centre (id),
    subdistrict TEXT,
    conversation_id TEXT REFERENCES conversation (id),
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    invitation_id TEXT NOT NULL UNIQUE REFERENCES invitation (id),
    since_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    CHECK (conversation_id IS NOT NULL OR revoked_at IS NOT NULL),
    CHECK ((centre_id IS NOT NULL) = (role IN ('centre_staff', 'centre_manager'))),
    CHECK ((subdistrict IS NOT NULL) = (role = 'subdistrict'))
);
CREATE INDEX staff_by_centre ON staff (centre_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX staff_by_conversation ON staff (conversation_id) WHERE revoked_at IS NULL;

-- Codes that were wrong, to bound how often one may be guessed. Rows are deleted after an hour. One whose
-- conversation was erased counts on: nobody guesses more often for that.
CREATE TABLE wrong_code (
    id TEXT PRIMARY KEY,
    conversation_id TEXT REFERENCES conversation (id),
    tried_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX wrong_code_by_time ON wrong_code (tried_at);

-- Pick-up codes that fetched nobody, by whoever tried them at the desk. Rows are deleted after an hour.
CREATE TABLE wrong_fetch (
    id TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL CHECK (staff_id <> ''),
    tried_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX wrong_fetch_by_staff ON wrong_fetch (staff_id, tried_at);
CREATE INDEX wrong_fetch_by_time ON wrong_fetch (tried_at);

-- Everything that staff did. `who` is a member of staff or 'shell'; `subjects` are ids, `was` and `became`
-- codes, ids and numbers: never a name or a word of a resident. Rows are never changed.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    who TEXT NOT NULL CHECK (who <> ''),
    what TEXT NOT NULL CHECK (what <> ''),
    centre_id TEXT REFERENCES centre (id),
    subjects TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    done_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX audit_by_centre ON audit (centre_id, done_at);
CREATE INDEX audit_by_who ON audit (who, done_at);

-- What can still be taken back, or was.
CREATE TABLE undo (
    audit_id TEXT PRIMARY KEY REFERENCES audit (id),
    until_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ
);

-- Taken in at the desk while the session was about to begin or ran, by whoever `made_by` names.
ALTER TABLE booking ADD COLUMN is_walk_in BOOLEAN NOT NULL DEFAULT FALSE;
-- The number of somebody in line whose session was called off, for as long as that can be taken back.
CREATE TABLE kept_phone (
    booking_id TEXT PRIMARY KEY REFERENCES booking (id),
    phone TEXT NOT NULL,
    until_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX kept_phone_by_end ON kept_phone (until_at);

-- A field of the directory as a manager set it; it holds over what the office's file says until it is settled:
-- 'confirmed' (the file says the same), 'file' (the office decided for its file), 'replaced' or 'undone'.
-- `applied_at`: since then residents see it.
CREATE TABLE directory_change (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('centre', 'service', 'activity')),
    row_id TEXT NOT NULL,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    since_on DATE NOT NULL,
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    made_at TIMESTAMPTZ NOT NULL,
    applied_at TIMESTAMPTZ,
    settled TEXT CHECK (settled IN ('confirmed', 'file', 'replaced', 'undone')),
    settled_at TIMESTAMPTZ,
    CHECK ((settled IS NULL) = (settled_at IS NULL))
);
CREATE UNIQUE INDEX directory_change_open ON directory_change (kind, row_id, field, since_on) WHERE settled IS NULL;
