-- name: create_table()
CREATE TABLE IF NOT EXISTS schema_migration (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
);

-- name: applied()
SELECT version, name, checksum, applied_at FROM schema_migration ORDER BY version;

-- name: note(version, name, checksum, applied_at)
INSERT INTO schema_migration (version, name, checksum, applied_at)
VALUES (:version, :name, :checksum, :applied_at);
