-- What residents found at the door: reports on a centre's card.

-- Open reports of a centre: its cards say so, and every process looks for new ones twice a second.
CREATE INDEX case_reported ON case_file (centre_id, about)
WHERE closed_at IS NULL AND about IS NOT NULL AND rating_id IS NULL;
