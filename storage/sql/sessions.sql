-- Sessions and their counters. Whoever changes a session's bookings holds its row first.

-- name: of_id(id)
SELECT
    id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, capacity, taken, offered,
    waiting, state, because, is_provisional, is_edited, has_draw, moved_at, version
FROM session
WHERE id = :id;

-- name: of_activity(activity_id, first_on, last_on)
SELECT
    id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, capacity, taken, offered,
    waiting, state, because, is_provisional, is_edited, has_draw, moved_at, version
FROM session
WHERE activity_id = :activity_id AND last_on >= :first_on AND held_on <= :last_on
ORDER BY starts_at, id;

-- What is called off for not being planned any more is known from the directory itself.
-- name: changed(not_planned)
SELECT id, activity_id, held_on, last_on, state
FROM session
WHERE
    (is_edited OR state = 'cancelled')
    AND NOT (state = 'cancelled' AND COALESCE(because, '') = :not_planned);

-- name: of_centre(centre_id, first_on, last_on)
SELECT
    id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, capacity, taken, offered,
    waiting, state, because, is_provisional, is_edited, has_draw, moved_at, version
FROM session
WHERE centre_id = :centre_id AND last_on >= :first_on AND held_on <= :last_on
ORDER BY starts_at, id;

-- name: moved(centre_id, first_on, last_on)
SELECT id FROM session
WHERE centre_id = :centre_id AND last_on >= :first_on AND held_on <= :last_on AND moved_at IS NOT NULL;

-- name: add(id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, is_provisional, has_draw)
INSERT INTO session (
    id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, capacity, taken, offered,
    waiting, last_in_line, state, is_provisional, is_edited, has_draw, version
) VALUES (
    :id, :activity_id, :centre_id, :held_on, :last_on, :starts_at, :ends_at, :places, :places, 0, 0,
    0, 0, 'planned', :is_provisional, FALSE, :has_draw, 0
)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: add_meeting(session_id, starts_at, ends_at)
INSERT INTO meeting (session_id, starts_at, ends_at) VALUES (:session_id, :starts_at, :ends_at)
ON CONFLICT DO NOTHING;

-- name: meetings(session_id)
SELECT starts_at, ends_at FROM meeting WHERE session_id = :session_id ORDER BY starts_at;

-- name: forget_meetings(session_id)
DELETE FROM meeting WHERE session_id = :session_id;

-- name: hold(id)
UPDATE session SET version = version + 1 WHERE id = :id
RETURNING
    id, activity_id, centre_id, held_on, last_on, starts_at, ends_at, places, capacity, taken, offered,
    waiting, state, because, is_provisional, is_edited, has_draw, moved_at, version;

-- The fast way in, last in its transaction: no row unless there are places, nobody is in line, no draw
-- decides and the session has not begun.
-- name: take(id, size, now_at)
UPDATE session
SET taken = taken + :size, version = version + 1
WHERE
    id = :id AND state = 'planned' AND NOT has_draw AND waiting = 0 AND starts_at > :now_at
    AND taken + offered + :size <= capacity
RETURNING taken;

-- Whoever just came: also while it runs. What is offered is not free, nor what is kept for a line that is still
-- to be served.
-- name: take_in(id, size, now_at)
UPDATE session
SET taken = taken + :size, version = version + 1
WHERE
    id = :id AND state = 'planned' AND NOT has_draw AND ends_at > :now_at
    AND (waiting = 0 OR starts_at <= :now_at) AND taken + offered + :size <= capacity
RETURNING taken;

-- What `take` asks, without waiting for anybody who changes the row.
-- name: has_room(id, size, now_at)
SELECT id FROM session
WHERE
    id = :id AND state = 'planned' AND NOT has_draw AND waiting = 0 AND starts_at > :now_at
    AND taken + offered + :size <= capacity;

-- name: join_line(id)
UPDATE session
SET waiting = waiting + 1, last_in_line = last_in_line + 1, version = version + 1
WHERE id = :id AND state = 'planned'
RETURNING last_in_line;

-- From the line to an offer, or straight to a place.
-- name: serve(id, offered, taken)
UPDATE session
SET waiting = waiting - 1, offered = offered + :offered, taken = taken + :taken
WHERE id = :id AND state = 'planned' AND taken + offered + :offered + :taken <= capacity
RETURNING capacity - taken - offered;

-- What a draw gives is what its published list said, also where the centre wants to give fewer by now.
-- name: grant(id, taken, offered)
UPDATE session
SET
    taken = taken + :taken,
    offered = offered + :offered,
    capacity = CASE
        WHEN capacity > taken + offered + :taken + :offered THEN capacity
        ELSE taken + offered + :taken + :offered
    END
WHERE id = :id AND state = 'planned'
RETURNING capacity - taken - offered;

-- name: begin_draw(id)
UPDATE session SET has_draw = TRUE, version = version + 1 WHERE id = :id RETURNING id;

-- name: end_draw(id)
UPDATE session SET has_draw = FALSE, version = version + 1 WHERE id = :id RETURNING id;

-- name: accept(id, size)
UPDATE session SET offered = offered - :size, taken = taken + :size WHERE id = :id RETURNING taken;

-- What is given back; the capacity goes down to what the centre wants as people leave.
-- name: give_back(id, taken, offered, waiting)
UPDATE session
SET
    taken = taken - :taken,
    offered = offered - :offered,
    waiting = waiting - :waiting,
    capacity = CASE
        WHEN places > taken + offered - :taken - :offered THEN places
        ELSE taken + offered - :taken - :offered
    END
WHERE id = :id
RETURNING capacity - taken - offered;

-- name: resize(id, places)
UPDATE session
SET
    places = :places,
    capacity = CASE WHEN :places > taken + offered THEN :places ELSE taken + offered END
WHERE id = :id
RETURNING capacity - taken - offered;

-- Nobody is in it any more: everybody was let go before, in the same transaction.
-- name: call_off(id, because)
UPDATE session SET state = 'cancelled', because = :because, version = version + 1
WHERE id = :id AND state = 'planned'
RETURNING id;

-- name: call_on(id)
UPDATE session SET state = 'planned', because = NULL, version = version + 1
WHERE id = :id AND state = 'cancelled'
RETURNING id;

-- name: move(id, held_on, last_on, starts_at, ends_at, is_provisional, is_edited, moved_at)
UPDATE session
SET
    held_on = :held_on, last_on = :last_on, starts_at = :starts_at, ends_at = :ends_at,
    is_provisional = :is_provisional, is_edited = :is_edited, moved_at = :moved_at, version = version + 1
WHERE id = :id
RETURNING id;

-- name: settle(id, is_provisional, settled_at)
UPDATE session SET is_provisional = :is_provisional, settled_at = :settled_at WHERE id = :id RETURNING id;

-- Joined to nothing, so that the sessions to come are looked for and not the activities there ever were.
-- name: planned_activities(now_at)
SELECT DISTINCT activity_id || '' AS activity_id FROM session WHERE starts_at > :now_at ORDER BY activity_id;

-- The condition is that of the index session_with_line, word for word.
-- name: begun(now_at)
SELECT id AS session_id
FROM session
WHERE starts_at <= :now_at AND (waiting > 0 OR offered > 0 OR has_draw)
ORDER BY starts_at, id;

-- name: mark_edited(id)
UPDATE session SET is_edited = TRUE WHERE id = :id RETURNING id;

-- A draw that was planned is not forgotten either.
-- name: has_bookings(session_id)
SELECT id FROM booking WHERE session_id = :session_id
UNION ALL
SELECT session_id AS id FROM lottery WHERE session_id = :session_id
LIMIT 1;

-- name: remove(id)
DELETE FROM session WHERE id = :id RETURNING id;
