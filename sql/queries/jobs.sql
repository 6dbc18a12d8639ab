-- Work in the background: who does it now, and until when. Times are the database's, so that nodes' clocks need not agree.

-- name: take_job(name, owner, seconds)^
-- A row when it was due and free, or its owner's lease has ended.
INSERT INTO jobs (name, owner, lease_until, started_at)
VALUES (:name, :owner, clock_timestamp() + make_interval(secs => :seconds::float8), clock_timestamp())
ON CONFLICT (name) DO UPDATE
SET owner = excluded.owner, lease_until = excluded.lease_until,
    started_at = CASE WHEN jobs.bookmark IS NULL THEN excluded.started_at ELSE jobs.started_at END
WHERE jobs.due_at <= clock_timestamp() AND (jobs.owner IS NULL OR jobs.lease_until < clock_timestamp())
RETURNING bookmark;

-- name: keep_job(name, owner, seconds, bookmark)!
-- The next piece. 0 rows: the lease has ended and somebody else may have it.
UPDATE jobs SET bookmark = :bookmark, lease_until = clock_timestamp() + make_interval(secs => :seconds::float8)
WHERE name = :name AND owner = :owner AND lease_until >= clock_timestamp();

-- name: finish_job(name, owner, seconds)!
UPDATE jobs
SET owner = NULL, lease_until = NULL, bookmark = NULL, finished_at = clock_timestamp(),
    due_at = clock_timestamp() + make_interval(secs => :seconds::float8)
WHERE name = :name AND owner = :owner;

-- name: free_job(name, owner)!
-- The node stops: another one goes on at the bookmark.
UPDATE jobs SET owner = NULL, lease_until = NULL WHERE name = :name AND owner = :owner;

-- name: find_job(name)^
-- No row: it was never begun.
SELECT j.owner IS NOT NULL AND j.lease_until >= clock_timestamp() AS running, j.started_at, j.finished_at, j.due_at
FROM jobs j WHERE j.name = :name;
