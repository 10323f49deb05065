-- The pages of the desk: who is signed in at which browser. Codes and cookies are kept as hashes alone.

-- The way in, good once; asking again replaces it. The row goes when it is used or replaced.
CREATE TABLE desk_code (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    code_hash TEXT NOT NULL UNIQUE,
    expires_at TIMESTAMPTZ NOT NULL
);

-- `browser` says what kind it is, so that its owner knows it again: 'phone' or 'computer', and whose program.
-- Rows are deleted some weeks after they ended.
CREATE TABLE sign_in (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    browser TEXT NOT NULL,
    began_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    CHECK (ends_at > began_at)
);
CREATE INDEX sign_in_by_staff ON sign_in (staff_id, began_at);
CREATE INDEX sign_in_by_end ON sign_in (ends_at);

-- Somebody of the staff stands in for the manager up to this day: `role` is the manager's so long.
ALTER TABLE staff ADD COLUMN deputy_until_on DATE;
CREATE INDEX staff_deputies ON staff (deputy_until_on) WHERE deputy_until_on IS NOT NULL;
CREATE INDEX invitation_by_centre ON invitation (centre_id) WHERE centre_id IS NOT NULL;
