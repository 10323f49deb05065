-- How many people live around a centre, where the office says so: stars compare centres with like ones.
ALTER TABLE centre ADD COLUMN population BIGINT CHECK (population > 0);
