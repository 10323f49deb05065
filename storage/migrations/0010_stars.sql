-- Stars as they were reckoned each day, what was counted of each centre in each period, and the digests that
-- were made of it.

-- `earned` is what the data support without the floors. `said` is the whole result with its explanation, as
-- JSON. After a while Mondays alone are kept.
CREATE TABLE star (
    centre_id TEXT NOT NULL REFERENCES centre (id),
    day_on DATE NOT NULL,
    formula TEXT NOT NULL,
    stars BIGINT CHECK (stars BETWEEN 1 AND 5),
    earned BIGINT CHECK (earned BETWEEN 1 AND 5),
    said TEXT NOT NULL,
    PRIMARY KEY (centre_id, day_on),
    CHECK ((stars IS NULL) = (earned IS NULL)),
    CHECK (stars <= earned)
);
CREATE INDEX star_by_day ON star (day_on);

-- What was counted of a centre in a period: verified ratings by level and the others, activities held,
-- different people checked in, places and how many of them were taken, who came and who did not, parties in
-- line at the end and those that no place became free for, and cases. Written once and never changed: what
-- is erased later makes no past digest another one.
CREATE TABLE counted (
    centre_id TEXT NOT NULL REFERENCES centre (id),
    cadence TEXT NOT NULL CHECK (cadence IN ('day', 'week', 'month')),
    first_on DATE NOT NULL,
    very_bad BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    fair BIGINT NOT NULL,
    good BIGINT NOT NULL,
    very_good BIGINT NOT NULL,
    unverified BIGINT NOT NULL,
    activities BIGINT NOT NULL,
    people BIGINT NOT NULL,
    places BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    arrived BIGINT NOT NULL,
    missed BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    unserved BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    in_silence BIGINT NOT NULL,
    still_open BIGINT NOT NULL,
    overdue BIGINT NOT NULL,
    PRIMARY KEY (cadence, first_on, centre_id)
);
CREATE INDEX counted_by_centre ON counted (centre_id, cadence, first_on);

CREATE INDEX attendance_arrived ON attendance (starts_at, booking_id) WHERE arrived_at IS NOT NULL;
CREATE INDEX attendance_missed_by_time ON attendance (starts_at) WHERE is_missed AND NOT is_excused;
CREATE INDEX case_by_end ON case_file (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX case_step_escalated ON case_step (case_id) WHERE because = 'escalated';
CREATE INDEX rating_by_day ON rating (rated_on) WHERE is_current;
CREATE INDEX booking_not_served ON booking (ended_at) WHERE ended = 'not_served';

-- When staff want which digest: 'none', or 'day', 'week' (on a weekday, Monday is 1) or 'month' at a minute
-- of the day. Who is not here has it on Monday at 8:30.
CREATE TABLE digest_wish (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    cadence TEXT NOT NULL CHECK (cadence IN ('none', 'day', 'week', 'month')),
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    minute BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439)
);

-- Who was sent the digest of which period, or why not.
CREATE TABLE digest_sent (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    cadence TEXT NOT NULL,
    first_on DATE NOT NULL,
    skipped TEXT,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (staff_id, cadence, first_on)
);
CREATE INDEX digest_sent_by_day ON digest_sent (first_on);

-- A digest as it was sent: whoever asks for that period again is given the same. `place` is 'centre FZ002',
-- 'subdistrict X' or 'district'; `view` is JSON of messages/view_codec.py.
CREATE TABLE digest (
    id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    cadence TEXT NOT NULL CHECK (cadence IN ('day', 'week', 'month')),
    first_on DATE NOT NULL,
    view TEXT NOT NULL,
    quote_rating_id TEXT,
    made_at TIMESTAMPTZ NOT NULL,
    UNIQUE (place, cadence, first_on)
);

-- The last run of each timed job, whoever made it. Noted when its outcome is another one, and once a minute.
CREATE TABLE job_run (
    job TEXT PRIMARY KEY,
    ran_at TIMESTAMPTZ NOT NULL,
    outcome TEXT NOT NULL
);

-- Words of a rating that their writer lets a digest quote, without a name. A digest names the rating and not
-- the words: who erases them takes them out of digests that were sent, too.
CREATE TABLE rating_quote (
    rating_id TEXT PRIMARY KEY REFERENCES rating (id),
    agreed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX digest_by_quote ON digest (quote_rating_id) WHERE quote_rating_id IS NOT NULL;
