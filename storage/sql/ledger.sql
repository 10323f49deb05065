-- The ledger: rows are added at its end and never changed.

-- Whoever holds the number writes the next row: the chain has one end.
-- name: next_number(name)
INSERT INTO code_count (name, last_number) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last_number = code_count.last_number + 1
RETURNING last_number;

-- name: hash_of(number)
SELECT entry_hash FROM ledger WHERE number = :number;

-- name: add(number, kind, subject_id, commitment, entry_hash, made_at)
INSERT INTO ledger (number, kind, subject_id, commitment, entry_hash, made_at)
VALUES (:number, :kind, :subject_id, :commitment, :entry_hash, :made_at);

-- name: add_salt(number, salt)
INSERT INTO ledger_salt (number, salt) VALUES (:number, :salt);

-- name: entries(after_number, most)
SELECT l.number, l.kind, l.subject_id, l.commitment, l.entry_hash, l.made_at, s.salt
FROM ledger AS l
LEFT JOIN ledger_salt AS s ON s.number = l.number
WHERE l.number > :after_number
ORDER BY l.number
LIMIT :most;

-- name: of_subject(subject_id)
SELECT l.number, l.kind, l.subject_id, l.commitment, l.entry_hash, l.made_at, s.salt
FROM ledger AS l
LEFT JOIN ledger_salt AS s ON s.number = l.number
WHERE l.subject_id = :subject_id
ORDER BY l.number;

-- name: forget_salts(subject_id)
DELETE FROM ledger_salt WHERE number IN (SELECT l.number FROM ledger AS l WHERE l.subject_id = :subject_id);

-- name: last_before(before_at)
SELECT number, entry_hash FROM ledger WHERE made_at < :before_at ORDER BY number DESC LIMIT 1;

-- name: publish(day_on, number, entry_hash, published_at)
INSERT INTO ledger_root (day_on, number, entry_hash, published_at)
VALUES (:day_on, :number, :entry_hash, :published_at)
ON CONFLICT (day_on) DO NOTHING;

-- name: root_behind(number)
SELECT day_on, number, entry_hash, published_at
FROM ledger_root
WHERE number >= :number
ORDER BY number, day_on
LIMIT 1;

-- name: roots(most)
SELECT day_on, number, entry_hash, published_at FROM ledger_root ORDER BY day_on DESC LIMIT :most;

-- name: last_number()
SELECT MAX(number) AS number FROM ledger;
