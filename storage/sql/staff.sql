-- Invitations, members of staff, wrong codes.

-- name: next_code(name)
INSERT INTO code_count (name, last_number) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last_number = code_count.last_number + 1
RETURNING last_number;

-- name: invite(id, code_hash, role, centre_id, subdistrict, made_by, made_at, expires_at)
INSERT INTO invitation (id, code_hash, role, centre_id, subdistrict, made_by, made_at, expires_at)
VALUES (
    :id, :code_hash, :role, CAST(:centre_id AS TEXT), CAST(:subdistrict AS TEXT), :made_by, :made_at, :expires_at
);

-- name: open_invitations(now_at)
SELECT id, code_hash, role, centre_id, subdistrict
FROM invitation
WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > :now_at
ORDER BY id;

-- name: invitations()
SELECT id, role, centre_id, subdistrict, made_by, made_at, expires_at, used_at, revoked_at
FROM invitation
ORDER BY made_at, id;

-- Whoever changes the row has the invitation; a second one finds nothing.
-- name: use_invitation(id, now_at)
UPDATE invitation SET used_at = :now_at
WHERE id = :id AND used_at IS NULL AND revoked_at IS NULL AND expires_at > :now_at
RETURNING id;

-- name: revoke_invitation(id, now_at)
UPDATE invitation SET revoked_at = :now_at
WHERE id = :id AND used_at IS NULL AND revoked_at IS NULL
RETURNING centre_id;

-- name: leave(conversation_id, now_at)
UPDATE staff SET revoked_at = :now_at WHERE conversation_id = :conversation_id AND revoked_at IS NULL RETURNING id;

-- name: appoint(id, role, centre_id, subdistrict, conversation_id, invitation_id, since_at)
INSERT INTO staff (
    id, role, centre_id, subdistrict, conversation_id, channel, address, invitation_id, since_at
)
SELECT
    :id, :role, CAST(:centre_id AS TEXT), CAST(:subdistrict AS TEXT), c.id, c.channel, c.address,
    :invitation_id, :since_at
FROM conversation AS c
WHERE c.id = :conversation_id
RETURNING id;

-- The post of whoever speaks from here now.
-- name: post_at(channel, address)
SELECT s.id, s.role, s.centre_id, s.subdistrict
FROM staff AS s
INNER JOIN conversation AS c ON c.id = s.conversation_id AND c.channel = s.channel AND c.address = s.address
WHERE s.channel = :channel AND s.address = :address AND s.revoked_at IS NULL;

-- name: revoke(id, now_at)
UPDATE staff SET revoked_at = :now_at WHERE id = :id AND revoked_at IS NULL
RETURNING id, role, centre_id, subdistrict, conversation_id, channel, address, since_at, revoked_at;

-- name: speaks_there(conversation_id)
SELECT COUNT(*) > 0 AS is_staff FROM staff WHERE conversation_id = :conversation_id AND revoked_at IS NULL;

-- name: everybody()
SELECT id, role, centre_id, subdistrict, conversation_id, channel, address, since_at, revoked_at
FROM staff
ORDER BY since_at, id;

-- name: forget_wrong_codes(before_at)
DELETE FROM wrong_code WHERE tried_at <= :before_at RETURNING id;

-- name: note_wrong_code(id, conversation_id, tried_at)
INSERT INTO wrong_code (id, conversation_id, tried_at) VALUES (:id, :conversation_id, :tried_at);

-- name: wrong_codes(conversation_id, since_at)
SELECT
    COUNT(*) AS overall,
    COALESCE(SUM(CASE WHEN conversation_id = :conversation_id THEN 1 ELSE 0 END), 0) AS here
FROM wrong_code
WHERE tried_at > :since_at;

-- Where those who work at a centre talk.
-- name: talks_at(centre_id)
SELECT DISTINCT conversation_id
FROM staff
WHERE centre_id = :centre_id AND revoked_at IS NULL
ORDER BY conversation_id;

-- name: colleagues(centre_id)
SELECT id, role, centre_id, subdistrict, channel, since_at, deputy_until_on, conversation_id
FROM staff
WHERE centre_id = :centre_id AND revoked_at IS NULL
ORDER BY since_at, id;

-- name: invited(centre_id, now_at)
SELECT id, role, centre_id, subdistrict, made_by, made_at, expires_at, used_at, revoked_at
FROM invitation
WHERE centre_id = :centre_id AND used_at IS NULL AND revoked_at IS NULL AND expires_at > :now_at
ORDER BY made_at, id;

-- Of posts that are of no one centre.
-- name: beyond()
SELECT id, role, centre_id, subdistrict, channel, since_at, deputy_until_on, conversation_id
FROM staff
WHERE centre_id IS NULL AND role IN ('subdistrict', 'district') AND revoked_at IS NULL
ORDER BY role, subdistrict, since_at, id;

-- name: invited_beyond(now_at)
SELECT id, role, centre_id, subdistrict, made_by, made_at, expires_at, used_at, revoked_at
FROM invitation
WHERE
    centre_id IS NULL AND role IN ('subdistrict', 'district') AND used_at IS NULL AND revoked_at IS NULL
    AND expires_at > :now_at
ORDER BY made_at, id;

-- name: stand_in(id, centre_id, until_on)
UPDATE staff SET role = 'centre_manager', deputy_until_on = :until_on
WHERE
    id = :id AND centre_id = :centre_id AND revoked_at IS NULL
    AND (role = 'centre_staff' OR deputy_until_on IS NOT NULL)
RETURNING id;

-- name: stand_down(id)
UPDATE staff SET role = 'centre_staff', deputy_until_on = NULL
WHERE id = :id AND deputy_until_on IS NOT NULL
RETURNING id;

-- name: deputies_over(today_on)
SELECT id, role, centre_id, subdistrict, channel, since_at, deputy_until_on, conversation_id
FROM staff
WHERE deputy_until_on IS NOT NULL AND deputy_until_on < :today_on AND revoked_at IS NULL
ORDER BY deputy_until_on, id;
