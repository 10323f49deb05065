-- A run that failed, or that was begun before :died_at and never finished, is taken over.
-- name: claim(job, period, holder, now_at, died_at)
INSERT INTO job_claim (job, period, holder, claimed_at) VALUES (:job, :period, :holder, :now_at)
ON CONFLICT (job, period) DO UPDATE
    SET holder = excluded.holder, claimed_at = excluded.claimed_at, finished_at = NULL, outcome = NULL
    WHERE
        job_claim.outcome = 'failed'
        OR (job_claim.finished_at IS NULL AND job_claim.claimed_at < :died_at)
RETURNING job;

-- Only by the one who has the claim: a run that was taken for dead must not speak for its successor.
-- name: finish(job, period, holder, outcome, now_at)
UPDATE job_claim SET finished_at = :now_at, outcome = :outcome
WHERE job = :job AND period = :period AND holder = :holder AND finished_at IS NULL
RETURNING job;

-- name: forget_before(before_at)
DELETE FROM job_claim WHERE claimed_at < :before_at RETURNING job;

-- name: claims()
SELECT job, period, holder, claimed_at, finished_at, outcome FROM job_claim ORDER BY claimed_at, job, period;

-- name: claims_of(job)
SELECT job, period, holder, claimed_at, finished_at, outcome FROM job_claim WHERE job = :job ORDER BY period;

-- name: note_run(job, ran_at, outcome)
INSERT INTO job_run (job, ran_at, outcome) VALUES (:job, :ran_at, :outcome)
ON CONFLICT (job) DO UPDATE SET ran_at = excluded.ran_at, outcome = excluded.outcome;

-- name: last_runs()
SELECT job, ran_at, outcome FROM job_run ORDER BY job;
