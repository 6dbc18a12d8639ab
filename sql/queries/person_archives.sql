-- Archives of everything about a person: asked for, made by one node at a time, fetched by that person alone.

-- name: ask_for_archive(user_id, asked_by, token)$
-- One that is under way already is the answer. No row: there is no such person, or they were erased.
INSERT INTO person_archives (user_id, asked_by, token)
SELECT u.id, :asked_by, :token FROM users u WHERE u.id = :user_id AND u.erased_at IS NULL
ON CONFLICT (user_id) WHERE state IN ('queued', 'running') DO UPDATE SET user_id = EXCLUDED.user_id
RETURNING id;

-- name: find_archive(archive_id, user_id)^
SELECT a.id, a.user_id, CASE WHEN a.expires_at < now() THEN 'expired' ELSE a.state END AS state, a.progress, a.token, a.sealed,
       a.key_id, a.data_key, a.size, a.created_at, a.finished_at, a.expires_at
FROM person_archives a WHERE a.id = :archive_id AND a.user_id = :user_id;

-- name: list_archives(user_id, before, limit)
-- The newest first, whatever became of them; keyset on id.
SELECT a.id, a.user_id, CASE WHEN a.expires_at < now() THEN 'expired' ELSE a.state END AS state, a.progress, a.token, a.sealed,
       a.key_id, a.data_key, a.size, a.created_at, a.finished_at, a.expires_at
FROM person_archives a WHERE a.user_id = :user_id AND (:before::bigint IS NULL OR a.id < :before::bigint)
ORDER BY a.id DESC LIMIT :limit;

-- name: take_archive(owner, token, seconds, attempts)^
-- As exports are taken: each try has a place of its own in the file store.
WITH taken AS (
    UPDATE person_archives a
    SET state = 'running', owner = :owner, token = :token, lease_until = clock_timestamp() + make_interval(secs => :seconds),
        attempts = a.attempts + 1, progress = 0
    WHERE a.id = (
        SELECT x.id FROM person_archives x
        WHERE (x.state = 'queued' OR (x.state = 'running' AND x.lease_until < clock_timestamp())) AND x.attempts < :attempts
        ORDER BY x.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING a.id, a.user_id, a.asked_by, a.token
), tried AS (
    INSERT INTO archive_tries (token, kind) SELECT taken.token, 'person' FROM taken
)
SELECT taken.* FROM taken;

-- name: keep_archive(archive_id, owner, seconds, progress)!
-- No row: it is another node's now, or nobody's.
UPDATE person_archives SET progress = :progress, lease_until = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :archive_id AND owner = :owner AND state = 'running';

-- name: finish_archive(archive_id, token, sealed, key_id, data_key, size, seconds)!
-- As exports are finished: again by the same try, the same answer.
UPDATE person_archives
SET state = 'ready', sealed = :sealed, key_id = :key_id, data_key = :data_key, size = :size, owner = NULL, lease_until = NULL,
    progress = 100, finished_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :archive_id AND token = :token AND state IN ('running', 'ready');

-- name: give_back_archive(archive_id, owner, final)!
UPDATE person_archives
SET state = CASE WHEN :final THEN 'failed' ELSE 'queued' END, owner = NULL, lease_until = NULL,
    finished_at = CASE WHEN :final THEN clock_timestamp() END
WHERE id = :archive_id AND owner = :owner AND state = 'running';

-- name: fail_archives(attempts)
UPDATE person_archives SET state = 'failed', owner = NULL, lease_until = NULL, finished_at = clock_timestamp()
WHERE (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp())) AND attempts >= :attempts
RETURNING id, user_id, asked_by, token;

-- name: list_stale_archives(limit)
SELECT a.id, a.user_id, a.asked_by, a.token FROM person_archives a
WHERE a.state = 'ready' AND a.expires_at < now() ORDER BY a.expires_at LIMIT :limit;

-- name: open_archives_of(user_id, conversation_id)
-- Those that have, or will have, a file: of this person, or of everybody in this conversation.
SELECT a.id, a.user_id, a.asked_by, a.token FROM person_archives a
WHERE a.state IN ('queued', 'running', 'ready')
  AND (a.user_id = :user_id::bigint
       OR a.user_id IN (SELECT p.user_id FROM participants p WHERE p.conversation_id = :conversation_id::bigint));

-- name: end_archives(ids)
-- Their bytes are gone. One that is being made finds out when it comes to its end.
UPDATE person_archives
SET state = CASE WHEN state = 'ready' THEN 'expired' ELSE 'failed' END, sealed = NULL, key_id = '', data_key = '', owner = NULL,
    lease_until = NULL, finished_at = COALESCE(finished_at, clock_timestamp())
WHERE id = ANY (:ids::bigint[]) AND state IN ('queued', 'running', 'ready')
RETURNING id, user_id, asked_by, token;
