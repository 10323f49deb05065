-- Photos of ratings and cases: clean JPEGs. `number` is the step of the case with which one was added; a photo
-- of a rating hangs on the case as soon as that opens one. `added_by` is 'resident' or the id of a member of
-- staff; `conversation_id` is the resident's. Of a photo that is `gone` the row stays: what it was is told by
-- nothing but a commitment in the ledger, the salt of which is destroyed.
CREATE TABLE photo (
    id TEXT PRIMARY KEY,
    rating_id TEXT REFERENCES rating (id),
    case_id TEXT REFERENCES case_file (id),
    number BIGINT,
    added_by TEXT NOT NULL,
    conversation_id TEXT REFERENCES conversation (id),
    sha256 TEXT,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    content BYTEA,
    made_at TIMESTAMPTZ NOT NULL,
    gone TEXT CHECK (gone IN ('erased', 'expired', 'removed')),
    FOREIGN KEY (case_id, number) REFERENCES case_step (case_id, number),
    CHECK (rating_id IS NOT NULL OR case_id IS NOT NULL),
    CHECK ((case_id IS NULL) = (number IS NULL)),
    CHECK ((gone IS NULL) = (content IS NOT NULL)),
    CHECK ((content IS NULL) = (sha256 IS NULL))
);
CREATE INDEX photo_of_rating ON photo (rating_id);
CREATE INDEX photo_of_case ON photo (case_id);
CREATE INDEX photo_of_conversation ON photo (conversation_id);
CREATE INDEX photo_kept ON photo (made_at) WHERE gone IS NULL;
