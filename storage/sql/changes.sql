-- What managers changed in the directory, until the office settles it.

-- name: next_number(name)
INSERT INTO code_count (name, last_number) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last_number = code_count.last_number + 1
RETURNING last_number;

-- name: add(id, kind, row_id, centre_id, field, value, since_on, made_by, made_at, applied_at)
INSERT INTO directory_change (
    id, kind, row_id, centre_id, field, value, since_on, made_by, made_at, applied_at
) VALUES (
    :id, :kind, :row_id, :centre_id, :field, :value, :since_on, :made_by, :made_at, :applied_at
);

-- name: unsettled()
SELECT id, kind, row_id, centre_id, field, value, since_on, made_by, made_at, applied_at, settled, settled_at
FROM directory_change
WHERE settled IS NULL
ORDER BY since_on, made_at, id;

-- name: of_id(id)
SELECT id, kind, row_id, centre_id, field, value, since_on, made_by, made_at, applied_at, settled, settled_at
FROM directory_change
WHERE id = :id;

-- A change of the same field from the same day or later gives way.
-- name: replace(kind, row_id, field, since_on, now_at)
UPDATE directory_change SET settled = 'replaced', settled_at = :now_at
WHERE kind = :kind AND row_id = :row_id AND field = :field AND since_on >= :since_on AND settled IS NULL
RETURNING id;

-- name: settle(id, settled, now_at)
UPDATE directory_change SET settled = :settled, settled_at = :now_at
WHERE id = :id AND settled IS NULL
RETURNING id, kind, row_id, centre_id, field, value, since_on, made_by, made_at, applied_at, settled, settled_at;

-- name: unsettle(id)
UPDATE directory_change SET settled = NULL, settled_at = NULL WHERE id = :id AND settled = 'replaced' RETURNING id;

-- name: apply(today_on, now_at)
UPDATE directory_change SET applied_at = :now_at
WHERE settled IS NULL AND applied_at IS NULL AND since_on <= :today_on
RETURNING id;
