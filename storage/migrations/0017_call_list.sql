-- What a family has to hear of a booking before it is too late: whom no message reaches is called by the centre.
-- `news` is 'offered', 'called_off', 'moved' or 'held'. `message_key` is the unique key of the message, NULL for
-- a family that talks nowhere. `told_at`: the desk of the centre was told that they are to be called.
CREATE TABLE family_news (
    booking_id TEXT NOT NULL REFERENCES booking (id),
    number BIGINT NOT NULL,
    news TEXT NOT NULL CHECK (news IN ('offered', 'called_off', 'moved', 'held')),
    message_key TEXT,
    made_at TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ,
    called_at TIMESTAMPTZ,
    called_by TEXT,
    PRIMARY KEY (booking_id, number),
    CHECK ((called_at IS NULL) = (called_by IS NULL))
);
CREATE INDEX family_news_by_time ON family_news (made_at);
