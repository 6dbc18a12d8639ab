-- Data keys and the master keys that wrap them. Each holder of view wrapped_keys has two queries here, of one form.

-- name: count_wrapped()
-- How many rows of each holder are wrapped under each master key. What was shredded has no key any more.
SELECT w.holder, w.key_id, count(*) AS rows FROM wrapped_keys w GROUP BY w.holder, w.key_id ORDER BY w.holder, w.key_id;

-- name: is_wrapping(key_id)$
SELECT EXISTS (SELECT FROM wrapped_keys w WHERE w.key_id = :key_id);

-- name: list_wrapped_conversations(key_id, after_id, limit)
-- The next ones under this master key.
SELECT c.id, c.data_key FROM conversations c
WHERE c.key_id = :key_id AND c.id > :after_id ORDER BY c.id LIMIT :limit;

-- name: replace_wrapped_conversations(ids, old_key_id, old_keys, new_key_id, new_keys)!
-- Only where nobody else has done it, or destroyed the key, since it was read. Locked in id order, as sends do. `updated_at` stays:
-- nothing happened that anybody could see.
WITH asked AS (
    SELECT * FROM unnest(:ids::bigint[], :old_keys::bytea[], :new_keys::bytea[]) AS a (id, old_key, new_key)
), locked AS MATERIALIZED (
    SELECT c.id FROM conversations c WHERE c.id = ANY (:ids::bigint[]) ORDER BY c.id FOR NO KEY UPDATE
)
UPDATE conversations c SET key_id = :new_key_id, data_key = asked.new_key
FROM locked JOIN asked ON asked.id = locked.id
WHERE c.id = locked.id AND c.key_id = :old_key_id AND c.data_key = asked.old_key;

-- name: list_wrapped_contexts(key_id, after_id, limit)
SELECT x.id, x.data_key FROM contexts x WHERE x.key_id = :key_id AND x.id > :after_id ORDER BY x.id LIMIT :limit;

-- name: replace_wrapped_contexts(ids, old_key_id, old_keys, new_key_id, new_keys)!
WITH asked AS (
    SELECT * FROM unnest(:ids::bigint[], :old_keys::bytea[], :new_keys::bytea[]) AS a (id, old_key, new_key)
), locked AS MATERIALIZED (
    SELECT x.id FROM contexts x WHERE x.id = ANY (:ids::bigint[]) ORDER BY x.id FOR NO KEY UPDATE
)
UPDATE contexts x SET key_id = :new_key_id, data_key = asked.new_key
FROM locked JOIN asked ON asked.id = locked.id
WHERE x.id = locked.id AND x.key_id = :old_key_id AND x.data_key = asked.old_key;

-- name: list_wrapped_search_secrets(key_id, after_id, limit)
-- There is one at most.
SELECT 1 AS id, s.secret AS data_key FROM search_secrets s WHERE s.key_id = :key_id AND :after_id < 1 LIMIT :limit;

-- name: replace_wrapped_search_secrets(ids, old_key_id, old_keys, new_key_id, new_keys)!
UPDATE search_secrets s SET key_id = :new_key_id, secret = asked.new_key
FROM unnest(:ids::bigint[], :old_keys::bytea[], :new_keys::bytea[]) AS asked (id, old_key, new_key)
WHERE s.key_id = :old_key_id AND s.secret = asked.old_key;

-- name: list_wrapped_person_archives(key_id, after_id, limit)
SELECT x.id, x.data_key FROM person_archives x WHERE x.key_id = :key_id AND x.id > :after_id ORDER BY x.id LIMIT :limit;

-- name: replace_wrapped_person_archives(ids, old_key_id, old_keys, new_key_id, new_keys)!
UPDATE person_archives x SET key_id = :new_key_id, data_key = asked.new_key
FROM unnest(:ids::bigint[], :old_keys::bytea[], :new_keys::bytea[]) AS asked (id, old_key, new_key)
WHERE x.id = asked.id AND x.key_id = :old_key_id AND x.data_key = asked.old_key;

-- name: list_wrapped_erasures(key_id, after_id, limit)
SELECT x.id, x.data_key FROM erasures x WHERE x.key_id = :key_id AND x.id > :after_id ORDER BY x.id LIMIT :limit;

-- name: replace_wrapped_erasures(ids, old_key_id, old_keys, new_key_id, new_keys)!
UPDATE erasures x SET key_id = :new_key_id, data_key = asked.new_key
FROM unnest(:ids::bigint[], :old_keys::bytea[], :new_keys::bytea[]) AS asked (id, old_key, new_key)
WHERE x.id = asked.id AND x.key_id = :old_key_id AND x.data_key = asked.old_key;
