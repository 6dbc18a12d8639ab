-- Sessions: one login of one user each. `generation` counts its refresh tokens; only the last two can be good.

-- name: insert_session(session_id, user_id, password_hash, seconds, address, device)$
-- No row when the user was disabled or the password replaced since it was checked. The share lock makes a transaction that
-- disables the user or replaces the password wait for this one, so that it ends this session too.
WITH entitled AS (
    SELECT u.id FROM users u
    WHERE u.id = :user_id AND u.disabled_at IS NULL
      AND (:password_hash::text IS NULL OR u.password_hash = :password_hash::text)
    FOR SHARE
)
INSERT INTO sessions (id, user_id, expires_at, address, device)
SELECT :session_id, entitled.id, clock_timestamp() + make_interval(secs => :seconds), :address, :device FROM entitled
RETURNING id;

-- name: lock_session(session_id, grace)^
-- Inside a transaction only. `in_grace`: the generation before may still be shown.
SELECT s.id, s.user_id, s.generation, s.ended_at IS NOT NULL AS ended, s.expires_at <= clock_timestamp() AS expired,
       s.rotated_at > clock_timestamp() - make_interval(secs => :grace) AS in_grace
FROM sessions s WHERE s.id = :session_id FOR NO KEY UPDATE;

-- name: rotate_session(session_id, seconds)!
UPDATE sessions
SET generation = generation + 1, rotated_at = clock_timestamp(), last_used_at = clock_timestamp(),
    expires_at = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :session_id;

-- name: list_sessions(user_id, before, limit)
-- Those that are alive, latest first; keyset on (created_at, id), `before` names the last session of the page before.
SELECT s.id, s.created_at, s.last_used_at, s.expires_at, s.address, s.device
FROM sessions s
WHERE s.user_id = :user_id AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()
  AND (:before::uuid IS NULL
       OR (s.created_at, s.id) < (SELECT b.created_at, b.id FROM sessions b WHERE b.id = :before::uuid AND b.user_id = :user_id))
ORDER BY s.created_at DESC, s.id DESC LIMIT :limit;

-- name: end_session(session_id, user_id, reason)$
-- No row when it is not this user's or over already.
UPDATE sessions SET ended_at = clock_timestamp(), end_reason = :reason
WHERE id = :session_id AND user_id = :user_id AND ended_at IS NULL RETURNING id;

-- name: end_sessions(user_id, except_id, reason)
UPDATE sessions SET ended_at = clock_timestamp(), end_reason = :reason
WHERE user_id = :user_id AND ended_at IS NULL AND id IS DISTINCT FROM :except_id::uuid
RETURNING id;
