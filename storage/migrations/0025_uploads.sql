-- Files that somebody at the desk handed in and has not said yes to: one of each person at a time, kept in the
-- database so that every process finds it, and gone when it was taken, left, replaced or too old.
-- `kind` is what it is for: 'directory' or 'calendar'.
CREATE TABLE upload (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    kind TEXT NOT NULL CHECK (kind IN ('directory', 'calendar')),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content BYTEA NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX upload_by_end ON upload (expires_at);

-- Open invitations, by the post they are to.
CREATE INDEX invitation_open ON invitation (role, made_at) WHERE used_at IS NULL AND revoked_at IS NULL;

-- The last imports, whoever made them.
CREATE INDEX audit_imports ON audit (what, done_at) WHERE what IN ('import', 'calendar');
