-- Conversations that one person links: by a code made in one and said in the other.

-- Only a hash of the code is kept, and a conversation has one; asking again replaces it. `taken_by` is the
-- conversation that said the code and said yes: from then on the other one is asked, and no third may use it.
-- The row goes as soon as the link is made, refused, or out of time. Who is linked has one family.
CREATE TABLE link_code (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL UNIQUE REFERENCES conversation (id),
    code_hash TEXT NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    taken_by TEXT REFERENCES conversation (id),
    CHECK (expires_at > made_at),
    CHECK (taken_by <> conversation_id)
);
CREATE INDEX link_code_by_end ON link_code (expires_at);
CREATE INDEX link_code_taken ON link_code (taken_by) WHERE taken_by IS NOT NULL;

-- Codes that link nothing, by who said them. Rows are deleted after an hour.
CREATE TABLE wrong_link (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    tried_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX wrong_link_by_conversation ON wrong_link (conversation_id, tried_at);
CREATE INDEX wrong_link_by_time ON wrong_link (tried_at);
