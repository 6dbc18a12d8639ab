-- Where exports and archives were written to, or were about to be.

-- name: list_left_tries(seconds, limit)
-- Whose file nobody is to have: it was not finished, or its time is over. Seen twice: a maker that slept for long may finish a file
-- after it was removed, and die before it can remove it itself.
SELECT t.token, t.kind FROM archive_tries t
WHERE (t.swept_at IS NULL OR t.begun_at < clock_timestamp() - make_interval(secs => :seconds))
  AND NOT EXISTS (SELECT FROM exports e WHERE e.token = t.token AND e.state IN ('running', 'ready'))
  AND NOT EXISTS (SELECT FROM person_archives a WHERE a.token = t.token AND a.state IN ('running', 'ready'))
ORDER BY t.begun_at LIMIT :limit;

-- name: sweep_tries(tokens, seconds)!
-- What lay there is gone. They are remembered for as long as somebody may still write there.
WITH over AS (
    DELETE FROM archive_tries t
    WHERE t.token = ANY (:tokens::uuid[]) AND t.begun_at < clock_timestamp() - make_interval(secs => :seconds)
)
UPDATE archive_tries t SET swept_at = clock_timestamp()
WHERE t.token = ANY (:tokens::uuid[]) AND t.begun_at >= clock_timestamp() - make_interval(secs => :seconds);
