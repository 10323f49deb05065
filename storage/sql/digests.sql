-- name: add(id, place, cadence, first_on, view, made_at)
INSERT INTO digest (id, place, cadence, first_on, view, made_at)
VALUES (:id, :place, :cadence, :first_on, :view, :made_at)
ON CONFLICT (place, cadence, first_on) DO NOTHING
RETURNING id;

-- name: of_id(id)
SELECT id, place, cadence, first_on, view, made_at FROM digest WHERE id = :id;

-- name: of_period(place, cadence, first_on)
SELECT id, place, cadence, first_on, view, made_at
FROM digest
WHERE place = :place AND cadence = :cadence AND first_on = :first_on;
