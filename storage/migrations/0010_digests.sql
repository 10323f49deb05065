-- Digests as they were made, so that one of a time long past is the one that was read then.

-- `place` is 'centre FZ002', 'subdistrict X' or 'district'; `view` is the JSON of messages/view_codec.py.
CREATE TABLE digest (
    id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    cadence TEXT NOT NULL CHECK (cadence IN ('day', 'week', 'month')),
    first_on DATE NOT NULL,
    view TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    UNIQUE (place, cadence, first_on)
);
