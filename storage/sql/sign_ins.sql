-- Ways into the pages of the desk, and who is signed in there.

-- name: offer(staff_id, code_hash, expires_at)
INSERT INTO desk_code (staff_id, code_hash, expires_at) VALUES (:staff_id, :code_hash, :expires_at)
ON CONFLICT (staff_id) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at;

-- Whoever deletes the row is let in; a second one finds nothing.
-- name: use_code(code_hash, now_at)
DELETE FROM desk_code WHERE code_hash = :code_hash AND expires_at > :now_at RETURNING staff_id;

-- name: begin(id, token_hash, staff_id, browser, began_at, ends_at)
INSERT INTO sign_in (id, token_hash, staff_id, browser, began_at, seen_at, ends_at)
VALUES (:id, :token_hash, :staff_id, :browser, :began_at, :began_at, :ends_at);

-- A post that ended, or whose conversation went elsewhere, opens nothing.
-- name: signed_in(token_hash, now_at)
SELECT
    i.id, i.seen_at, i.ends_at, s.id AS staff_id, s.role, s.centre_id, s.subdistrict, s.conversation_id, s.channel,
    s.address
FROM sign_in AS i
INNER JOIN staff AS s ON s.id = i.staff_id AND s.revoked_at IS NULL
INNER JOIN conversation AS c ON c.id = s.conversation_id AND c.channel = s.channel AND c.address = s.address
WHERE i.token_hash = :token_hash AND i.ended_at IS NULL AND i.ends_at > :now_at;

-- name: seen(id, now_at)
UPDATE sign_in SET seen_at = :now_at WHERE id = :id;

-- name: open_of(staff_id, now_at)
SELECT id, browser, began_at, seen_at, ends_at
FROM sign_in
WHERE staff_id = :staff_id AND ended_at IS NULL AND ends_at > :now_at
ORDER BY began_at, id;

-- name: end_one(id, staff_id, now_at)
UPDATE sign_in SET ended_at = :now_at WHERE id = :id AND staff_id = :staff_id AND ended_at IS NULL RETURNING id;

-- name: end_all(staff_id, now_at)
UPDATE sign_in SET ended_at = :now_at
WHERE staff_id = :staff_id AND ended_at IS NULL AND ends_at > :now_at
RETURNING id;

-- name: forget(ended_before_at)
DELETE FROM sign_in WHERE ends_at < :ended_before_at;

-- name: forget_codes(now_at)
DELETE FROM desk_code WHERE expires_at < :now_at;
