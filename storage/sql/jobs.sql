-- name: claim(job, period, holder, now_at)
INSERT INTO job_claim (job, period, holder, claimed_at) VALUES (:job, :period, :holder, :now_at)
ON CONFLICT (job, period) DO NOTHING
RETURNING job;

-- name: finish(job, period, outcome, now_at)
UPDATE job_claim SET finished_at = :now_at, outcome = :outcome WHERE job = :job AND period = :period;

-- name: forget_before(before_at)
DELETE FROM job_claim WHERE claimed_at < :before_at RETURNING job;

-- name: claims()
SELECT job, period, holder, claimed_at, finished_at, outcome FROM job_claim ORDER BY claimed_at, job, period;
