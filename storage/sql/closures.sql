-- name: current(since_on)
SELECT id, centre_id, service_id, first_on, last_on, hours_text, reason, created_at
FROM closure
WHERE last_on >= :since_on
ORDER BY first_on, id;

-- name: everything()
SELECT id, centre_id, service_id, first_on, last_on, hours_text, reason, created_at
FROM closure
ORDER BY first_on, id;

-- name: add(id, centre_id, service_id, first_on, last_on, hours_text, reason, created_at)
INSERT INTO closure (id, centre_id, service_id, first_on, last_on, hours_text, reason, created_at)
VALUES (
    :id, :centre_id, CAST(:service_id AS TEXT), :first_on, :last_on, :hours_text, :reason, :created_at
);

-- name: remove(id)
DELETE FROM closure WHERE id = :id RETURNING id;
