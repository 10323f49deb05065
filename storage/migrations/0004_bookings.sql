-- Families, who takes part, sessions of activities, bookings and their places.

-- Who books. A conversation belongs to one family at most; a family may talk in several. `turns` is raised
-- by everything that gives the family a place or takes it away: who raised it has the row to themselves.
CREATE TABLE family (
    id TEXT PRIMARY KEY,
    turns BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
ALTER TABLE conversation ADD COLUMN family_id TEXT REFERENCES family (id);
CREATE INDEX conversation_by_family ON conversation (family_id) WHERE family_id IS NOT NULL;

-- The resident themself, a child in their care, or an adult they book for. `alias` is a code of the list
-- that is offered or a pet name, never a name of record. `born_on` is the first day of the birth month;
-- `grade` that of the school year which began in September of `grade_year`.
CREATE TABLE participant (
    id TEXT PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES family (id),
    kind TEXT NOT NULL CHECK (kind IN ('self', 'child', 'adult')),
    alias TEXT NOT NULL CHECK (alias <> ''),
    born_on DATE,
    grade BIGINT CHECK (grade BETWEEN -2 AND 12),
    grade_year BIGINT,
    created_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ,
    CHECK ((grade IS NULL) = (grade_year IS NULL)),
    CHECK (kind = 'child' OR grade IS NULL)
);
CREATE INDEX participant_by_family ON participant (family_id);
CREATE UNIQUE INDEX participant_by_alias ON participant (family_id, alias) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX participant_self ON participant (family_id) WHERE kind = 'self' AND removed_at IS NULL;

-- What is booked: an activity on one day, or a camp as a whole. `places` is what the centre wants to give;
-- `capacity` is that, or what is given already when the centre made it smaller: nobody is thrown out, and
-- it shrinks as people leave. `taken` and `offered` are people, `waiting` is parties in line; a party's
-- number in line is taken from `last_in_line`. `is_edited`: a manager changed it, and what the directory
-- and the calendar say is left aside. `moved_at`: when it last got other times.
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    activity_id TEXT NOT NULL REFERENCES activity (id),
    centre_id TEXT NOT NULL REFERENCES centre (id),
    held_on DATE NOT NULL,
    last_on DATE NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    places BIGINT NOT NULL CHECK (places >= 0),
    capacity BIGINT NOT NULL,
    taken BIGINT NOT NULL CHECK (taken >= 0),
    offered BIGINT NOT NULL CHECK (offered >= 0),
    waiting BIGINT NOT NULL CHECK (waiting >= 0),
    last_in_line BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'cancelled')),
    because TEXT,
    is_provisional BOOLEAN NOT NULL,
    is_edited BOOLEAN NOT NULL,
    has_draw BOOLEAN NOT NULL,
    moved_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    CHECK (ends_at > starts_at),
    CHECK (last_on >= held_on),
    CHECK (capacity >= places),
    CONSTRAINT session_not_oversold CHECK (taken + offered <= capacity),
    CHECK (state = 'planned' OR (taken = 0 AND offered = 0 AND waiting = 0))
);
CREATE INDEX session_by_activity ON session (activity_id, held_on);
CREATE INDEX session_by_centre ON session (centre_id, held_on);
CREATE INDEX session_by_start ON session (starts_at);
CREATE INDEX session_by_end ON session (ends_at);
CREATE INDEX session_changed ON session (activity_id) WHERE is_edited OR state = 'cancelled';
CREATE INDEX session_with_line ON session (starts_at) WHERE waiting > 0 OR offered > 0 OR has_draw;

-- When one has to be there: once for a class, on each of its days for a camp.
CREATE TABLE meeting (
    session_id TEXT NOT NULL REFERENCES session (id),
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, starts_at),
    CHECK (ends_at > starts_at)
);
CREATE INDEX meeting_by_start ON meeting (starts_at);
CREATE INDEX meeting_by_end ON meeting (ends_at);

-- What one family asked of one session, for all of its participants or for none.
-- States: entered (a draw decides) or waiting -> offered -> booked; let_go is the end, `ended` says why.
-- `code` is for people and for one session. `made_by` is 'family', or the id of the member of staff who booked
-- for them. `phone` is kept while it is needed to reach somebody in line whom no message reaches.
CREATE TABLE booking (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES session (id),
    family_id TEXT NOT NULL REFERENCES family (id),
    size BIGINT NOT NULL CHECK (size > 0),
    state TEXT NOT NULL CHECK (state IN ('entered', 'waiting', 'offered', 'booked', 'let_go')),
    ended TEXT CHECK (
        ended IN ('cancelled', 'late', 'left_line', 'declined', 'lapsed', 'not_served', 'called_off', 'erased')
    ),
    in_line BIGINT,
    passed_over BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    phone TEXT,
    made_at TIMESTAMPTZ NOT NULL,
    offered_at TIMESTAMPTZ,
    offer_until_at TIMESTAMPTZ,
    booked_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    UNIQUE (session_id, code),
    CHECK (state <> 'waiting' OR in_line IS NOT NULL),
    CHECK ((state = 'offered') = (offer_until_at IS NOT NULL)),
    CHECK (state <> 'booked' OR booked_at IS NOT NULL),
    CHECK ((state = 'let_go') = (ended IS NOT NULL)),
    CHECK ((state = 'let_go') = (ended_at IS NOT NULL)),
    CHECK (phone IS NULL OR state IN ('waiting', 'offered'))
);
CREATE UNIQUE INDEX booking_line ON booking (session_id, in_line) WHERE state = 'waiting';
CREATE INDEX booking_offered ON booking (offer_until_at) WHERE state = 'offered';
CREATE INDEX booking_by_family ON booking (family_id, session_id);

-- One participant in one booking. `is_active`: waits for a place, is offered one, or has it.
CREATE TABLE place (
    booking_id TEXT NOT NULL REFERENCES booking (id),
    participant_id TEXT NOT NULL REFERENCES participant (id),
    session_id TEXT NOT NULL REFERENCES session (id),
    is_active BOOLEAN NOT NULL,
    PRIMARY KEY (booking_id, participant_id)
);
CREATE UNIQUE INDEX place_once ON place (participant_id, session_id) WHERE is_active;
CREATE INDEX place_by_session ON place (session_id);

-- Who came to which meeting. A row is written on arrival, or when the meeting is over and nobody came.
-- `is_missed` counts as a no-show unless staff excused it.
CREATE TABLE attendance (
    booking_id TEXT NOT NULL,
    participant_id TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    arrived_at TIMESTAMPTZ,
    left_at TIMESTAMPTZ,
    handed_to TEXT,
    is_missed BOOLEAN NOT NULL,
    is_excused BOOLEAN NOT NULL,
    noted_by TEXT NOT NULL,
    PRIMARY KEY (booking_id, participant_id, starts_at),
    FOREIGN KEY (booking_id, participant_id) REFERENCES place (booking_id, participant_id),
    CHECK (NOT (is_missed AND arrived_at IS NOT NULL))
);
CREATE INDEX attendance_missed ON attendance (participant_id, starts_at) WHERE is_missed AND NOT is_excused;
