-- What a family's calendar file needs to know of its bookings.

-- When it last became certain, or uncertain again, whether the notice of the year may change a session.
ALTER TABLE session ADD COLUMN settled_at TIMESTAMPTZ;

-- A feed is asked for every hour, and what was cancelled stays in it for some weeks.
CREATE INDEX booking_gone_by_family ON booking (family_id, ended_at) WHERE state = 'let_go';
