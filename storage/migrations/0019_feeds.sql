-- Addresses of a family's calendar are signed with this number; raising it ends those that were given before.
ALTER TABLE family ADD COLUMN feed BIGINT NOT NULL DEFAULT 0 CHECK (feed >= 0);
