-- name: save(text_hash, model, vector)
INSERT INTO embedding (text_hash, model, vector) VALUES (:text_hash, :model, :vector)
ON CONFLICT (text_hash, model) DO UPDATE SET vector = excluded.vector;
