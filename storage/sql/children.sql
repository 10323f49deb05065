-- What guardians agreed to, names under seal, allergies as yes or no, and who looked at a child.

-- No row when this consent stands already.
-- name: give_consent(id, participant_id, purpose, centre_id, term, text_version, language, channel, given_at)
INSERT INTO consent (
    id, participant_id, purpose, centre_id, term, text_version, language, channel, given_at
) VALUES (
    :id, :participant_id, :purpose, CAST(:centre_id AS TEXT), CAST(:term AS TEXT), :text_version, :language,
    :channel, :given_at
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: consents(family_id)
SELECT
    c.id, c.participant_id, c.purpose, c.centre_id, c.term, c.text_version, c.language, c.channel, c.given_at,
    c.withdrawn_at
FROM consent AS c
INNER JOIN participant AS p ON p.id = c.participant_id
WHERE p.family_id = :family_id AND p.removed_at IS NULL
ORDER BY c.given_at, c.id;

-- name: consent(participant_id, purpose, centre_id, term)
SELECT id FROM consent
WHERE
    participant_id = :participant_id AND purpose = :purpose AND withdrawn_at IS NULL
    AND COALESCE(centre_id, '') = COALESCE(CAST(:centre_id AS TEXT), '')
    AND COALESCE(term, '') = COALESCE(CAST(:term AS TEXT), '');

-- name: withdraw(id, family_id, withdrawn_at)
UPDATE consent SET withdrawn_at = :withdrawn_at
WHERE
    id = :id AND withdrawn_at IS NULL
    AND participant_id IN (SELECT p.id FROM participant AS p WHERE p.family_id = :family_id)
RETURNING
    id, participant_id, purpose, centre_id, term, text_version, language, channel, given_at, withdrawn_at;

-- name: withdraw_all(participant_id, withdrawn_at)
UPDATE consent SET withdrawn_at = :withdrawn_at WHERE participant_id = :participant_id AND withdrawn_at IS NULL;

-- A term that was made longer keeps its key longer; one that was destroyed is made anew.
-- name: need_key(centre_id, term, made_at, expires_on)
INSERT INTO name_key (centre_id, term, made_at, expires_on) VALUES (:centre_id, :term, :made_at, :expires_on)
ON CONFLICT (centre_id, term) DO UPDATE SET
    made_at = CASE WHEN name_key.destroyed_at IS NULL THEN name_key.made_at ELSE excluded.made_at END,
    expires_on = CASE
        WHEN name_key.expires_on > excluded.expires_on THEN name_key.expires_on ELSE excluded.expires_on
    END,
    destroyed_at = NULL, names = NULL;

-- name: has_key(centre_id, term)
SELECT term FROM name_key WHERE centre_id = :centre_id AND term = :term AND destroyed_at IS NULL;

-- name: keys()
SELECT centre_id, term, made_at, expires_on FROM name_key WHERE destroyed_at IS NULL ORDER BY centre_id, term;

-- name: expired_keys(today_on)
SELECT centre_id, term, made_at, expires_on
FROM name_key
WHERE destroyed_at IS NULL AND expires_on < :today_on
ORDER BY centre_id, term;

-- name: destroy_key(centre_id, term, destroyed_at)
UPDATE name_key
SET
    destroyed_at = :destroyed_at,
    names = (
        SELECT COUNT(*) FROM sealed_name AS s WHERE s.centre_id = name_key.centre_id AND s.term = name_key.term
    )
WHERE centre_id = :centre_id AND term = :term AND destroyed_at IS NULL
RETURNING names;

-- name: forget_names_of_key(centre_id, term)
DELETE FROM sealed_name WHERE centre_id = :centre_id AND term = :term;

-- name: put_name(id, participant_id, centre_id, term, purpose, relation, sealed, sealed_at, expires_on)
INSERT INTO sealed_name (
    id, participant_id, centre_id, term, purpose, relation, sealed, sealed_at, expires_on
) VALUES (
    :id, :participant_id, :centre_id, :term, :purpose, CAST(:relation AS TEXT), :sealed, :sealed_at, :expires_on
);

-- A name on a list is replaced by a new one.
-- name: forget_listed(participant_id, centre_id, term)
DELETE FROM sealed_name
WHERE participant_id = :participant_id AND centre_id = :centre_id AND term = :term AND purpose = 'roster';

-- name: forget_name(id, family_id)
DELETE FROM sealed_name
WHERE id = :id AND participant_id IN (SELECT p.id FROM participant AS p WHERE p.family_id = :family_id)
RETURNING id;

-- name: forget_for(participant_id, purpose, centre_id, term)
DELETE FROM sealed_name
WHERE
    participant_id = :participant_id AND purpose = :purpose AND centre_id = :centre_id AND term = :term
RETURNING id;

-- name: forget_names(participant_id)
DELETE FROM sealed_name WHERE participant_id = :participant_id;

-- name: names(family_id)
SELECT
    s.id, s.participant_id, s.centre_id, s.term, s.purpose, s.relation, s.sealed, s.sealed_at, s.expires_on
FROM sealed_name AS s
INNER JOIN participant AS p ON p.id = s.participant_id
WHERE p.family_id = :family_id
ORDER BY s.sealed_at, s.id;

-- name: names_of(participant_id, centre_id, term)
SELECT id, participant_id, centre_id, term, purpose, relation, sealed, sealed_at, expires_on
FROM sealed_name
WHERE participant_id = :participant_id AND centre_id = :centre_id AND term = :term
ORDER BY sealed_at, id;

-- name: note_allergy(participant_id, has_allergy, noted_at)
INSERT INTO participant_care (participant_id, has_allergy, noted_at)
VALUES (:participant_id, :has_allergy, :noted_at)
ON CONFLICT (participant_id) DO UPDATE SET has_allergy = excluded.has_allergy, noted_at = excluded.noted_at;

-- name: allergies(family_id)
SELECT c.participant_id, c.has_allergy
FROM participant_care AS c
INNER JOIN participant AS p ON p.id = c.participant_id
WHERE p.family_id = :family_id
ORDER BY c.participant_id;

-- name: has_allergy(participant_id)
SELECT has_allergy FROM participant_care WHERE participant_id = :participant_id;

-- name: forget_allergy(participant_id)
DELETE FROM participant_care WHERE participant_id = :participant_id;

-- name: note_view(id, staff_id, centre_id, participant_id, what, seen_at)
INSERT INTO view_log (id, staff_id, centre_id, participant_id, what, seen_at)
VALUES (:id, :staff_id, CAST(:centre_id AS TEXT), :participant_id, :what, :seen_at);

-- name: views(family_id, most)
SELECT v.staff_id, v.centre_id, v.participant_id, v.what, v.seen_at
FROM view_log AS v
INNER JOIN participant AS p ON p.id = v.participant_id
WHERE p.family_id = :family_id
ORDER BY v.seen_at DESC, v.id DESC
LIMIT :most;

-- name: count_views(family_id)
SELECT COUNT(*) AS times
FROM view_log AS v
INNER JOIN participant AS p ON p.id = v.participant_id
WHERE p.family_id = :family_id;

-- Where a family takes part from now on: the activities whose lists its participants stand on.
-- name: takes_part(family_id, now_at)
SELECT p.participant_id, b.id AS booking_id, s.id AS session_id, s.activity_id, s.centre_id, s.held_on
FROM place AS p
INNER JOIN booking AS b ON b.id = p.booking_id
INNER JOIN session AS s ON s.id = p.session_id
WHERE b.family_id = :family_id AND p.is_active AND s.ends_at > :now_at AND s.state = 'planned'
ORDER BY s.starts_at, p.participant_id, s.id;

-- name: on_list(session_id)
SELECT p.id, p.family_id, p.kind, p.alias, p.born_on, p.grade, p.grade_year
FROM place
INNER JOIN booking AS b ON b.id = place.booking_id
INNER JOIN participant AS p ON p.id = place.participant_id
WHERE place.session_id = :session_id AND place.is_active AND b.state = 'booked'
ORDER BY b.booked_at, b.id, p.created_at, p.id;

-- All that a family ever booked, the last first.
-- name: history(family_id, most)
SELECT s.activity_id, s.held_on, b.state
FROM booking AS b
INNER JOIN session AS s ON s.id = b.session_id
WHERE b.family_id = :family_id
ORDER BY s.starts_at DESC, b.id
LIMIT :most;
