-- Files that wait for the yes of who handed them in.

-- name: put(staff_id, kind, name, sha256, content, made_at, expires_at)
INSERT INTO upload (staff_id, kind, name, sha256, content, made_at, expires_at)
VALUES (:staff_id, :kind, :name, :sha256, :content, :made_at, :expires_at)
ON CONFLICT (staff_id) DO UPDATE SET
    kind = excluded.kind, name = excluded.name, sha256 = excluded.sha256, content = excluded.content,
    made_at = excluded.made_at, expires_at = excluded.expires_at;

-- name: of_staff(staff_id, kind, now_at)
SELECT name, sha256, content, made_at, expires_at
FROM upload
WHERE staff_id = :staff_id AND kind = :kind AND expires_at > :now_at;

-- name: drop_one(staff_id, kind)
DELETE FROM upload WHERE staff_id = :staff_id AND kind = :kind;

-- name: forget(now_at)
DELETE FROM upload WHERE expires_at <= :now_at RETURNING staff_id;
