-- People who were erased, and how far.

-- name: insert_erasure(user_id, pseudonym, reason, asked_by, name_kept, identity, identity_key, key_id, data_key)!
INSERT INTO erasures (user_id, pseudonym, reason, asked_by, name_kept, identity, identity_key, key_id, data_key)
VALUES (:user_id, :pseudonym, :reason, :asked_by, :name_kept, :identity, :identity_key, :key_id, :data_key);

-- name: find_erasure(user_id)^
SELECT e.id, e.user_id, e.pseudonym, e.reason, e.asked_by, e.asked_at, e.name_kept, e.identity, e.identity_key, e.key_id, e.data_key,
       e.finished_at
FROM erasures e WHERE e.user_id = :user_id;

-- name: list_erasures(after_id, unfinished, limit)
SELECT e.id, e.user_id, e.pseudonym, e.reason, e.asked_by, e.asked_at, e.name_kept, e.identity, e.identity_key, e.key_id, e.data_key,
       e.finished_at
FROM erasures e WHERE e.id > :after_id AND (NOT :unfinished OR e.finished_at IS NULL) ORDER BY e.id LIMIT :limit;

-- name: settle_erasure(erasure_id, name_kept, finished)!
-- `finished` destroys the key of what was kept of the identity.
UPDATE erasures
SET name_kept = :name_kept, finished_at = CASE WHEN :finished THEN clock_timestamp() END,
    identity = CASE WHEN :finished THEN ''::bytea ELSE identity END, key_id = CASE WHEN :finished THEN '' ELSE key_id END,
    data_key = CASE WHEN :finished THEN ''::bytea ELSE data_key END
WHERE id = :erasure_id AND finished_at IS NULL;

-- name: erase_user(user_id, username)!
-- The way in goes, and what leads to the person. The name is another step.
UPDATE users
SET username = :username, external_id = NULL, email = NULL, password_hash = NULL, last_seen_at = NULL,
    disabled_at = COALESCE(disabled_at, clock_timestamp()), erased_at = COALESCE(erased_at, clock_timestamp()), updated_at = clock_timestamp()
WHERE id = :user_id;

-- name: rename_user(user_id, first_name, last_name)!
UPDATE users SET first_name = :first_name, last_name = :last_name, updated_at = clock_timestamp()
WHERE id = :user_id AND (first_name, last_name) IS DISTINCT FROM (:first_name::text, :last_name::text);
