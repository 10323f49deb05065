-- Wishes for something that is not there or too far on foot: how often, near which centre, in which week
-- (its Monday). `thing` is a name or category of the directory or of the word list, never what was typed; who
-- asked, and where they were, stands nowhere.
CREATE TABLE wish (
    thing TEXT NOT NULL,
    near_centre_id TEXT NOT NULL REFERENCES centre (id),
    week_on DATE NOT NULL,
    times BIGINT NOT NULL CHECK (times > 0),
    PRIMARY KEY (thing, near_centre_id, week_on)
);
CREATE INDEX wish_by_week ON wish (week_on);
