-- What residents found at the door: reports on a centre's card.

-- Open reports of a centre: its cards say so, and every process looks for new ones twice a second.
CREATE INDEX case_reported ON case_file (centre_id, about)
WHERE closed_at IS NULL AND about IS NOT NULL AND rating_id IS NULL;

-- From which device a rating came, as a hash whose key is destroyed when the month is over, and the row with it.
-- The same device has another hash at another centre.
CREATE TABLE rating_trace (
    rating_id TEXT PRIMARY KEY REFERENCES rating (id),
    month TEXT NOT NULL,
    trace TEXT NOT NULL
);
CREATE INDEX rating_trace_alike ON rating_trace (trace);
CREATE INDEX rating_by_time ON rating (made_at);

-- From an entry to the first hash that was published behind it.
CREATE INDEX ledger_root_by_number ON ledger_root (number, day_on);
