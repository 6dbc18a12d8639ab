-- Prescriptions and exams, and the one conversation that each may have.

-- name: insert_context(type, external_id, version, patient_id, doctor_id, title, title_key, key_id, data_key, closed)$
-- No row when it is known already.
INSERT INTO contexts (type, external_id, version, patient_id, doctor_id, title, title_key, key_id, data_key, closed_at)
VALUES (:type, :external_id, :version, :patient_id, :doctor_id, :title, :title_key::uuid, :key_id, :data_key,
        CASE WHEN :closed THEN now() END)
ON CONFLICT (type, external_id) DO NOTHING RETURNING id;

-- name: lock_context(type, external_id)^
-- Inside a transaction only. Whether there is a conversation is asked afterwards: one may be made while we wait for the lock.
SELECT x.id, x.version, x.patient_id, x.doctor_id, x.title, x.title_key, x.key_id, x.data_key, x.closed_at IS NOT NULL AS closed
FROM contexts x WHERE x.type = :type AND x.external_id = :external_id FOR NO KEY UPDATE;

-- name: hold_context(type, external_id)!
-- Until the transaction ends it stays as it is: a conversation is not opened in what is being closed.
SELECT FROM contexts x WHERE x.type = :type AND x.external_id = :external_id FOR SHARE;

-- name: update_context(context_id, version, title, title_key, key_id, data_key, closed)!
UPDATE contexts
SET version = :version, title = :title, title_key = :title_key, key_id = :key_id, data_key = :data_key, updated_at = clock_timestamp(),
    closed_at = CASE WHEN :closed THEN COALESCE(closed_at, clock_timestamp()) END
WHERE id = :context_id;

-- name: find_contextual(type, external_id)^
-- The conversation about it, with what seals its messages. Nothing is said any more where the key was destroyed.
SELECT c.id, c.key_id, c.data_key FROM conversations c
WHERE c.context_type = :type AND c.context_id = :external_id AND c.key_id <> '';

-- name: insert_contextual(type, external_id, key_id, data_key)$
-- Between the two people that the context names. No row when another node was quicker.
WITH made AS (
    INSERT INTO conversations (kind, first_user_id, second_user_id, context_type, context_id, key_id, data_key)
    SELECT 'contextual', x.patient_id, x.doctor_id, x.type, x.external_id, :key_id, :data_key
    FROM contexts x WHERE x.type = :type AND x.external_id = :external_id
    ON CONFLICT DO NOTHING RETURNING id, first_user_id, second_user_id
), joined AS (
    INSERT INTO participants (conversation_id, user_id)
    SELECT made.id, member FROM made, unnest(ARRAY[made.first_user_id, made.second_user_id]) AS member
)
SELECT id FROM made;

-- name: touch_conversation(conversation_id)!
-- Nodes that missed the word of it find it by this time.
UPDATE conversations SET updated_at = clock_timestamp() WHERE id = :conversation_id;

-- name: find_standing(type, external_id, user_id)^
-- What decides a person's rights in a context. No row: it is none of theirs, or there is no such context.
SELECT x.version, x.closed_at IS NOT NULL AS closed, x.patient_id, x.doctor_id, c.id AS conversation_id, c.obstacle,
       COALESCE(me.left_at IS NOT NULL, false) AS removed,
       EXISTS (SELECT FROM users u WHERE u.id IN (x.patient_id, x.doctor_id) AND u.disabled_at IS NOT NULL) AS incomplete
FROM contexts x
LEFT JOIN conversation_states c ON c.context_type = x.type AND c.context_id = x.external_id
LEFT JOIN participants me ON me.conversation_id = c.id AND me.user_id = :user_id
WHERE x.type = :type AND x.external_id = :external_id AND :user_id IN (x.patient_id, x.doctor_id);

-- name: list_contexts(context_id, type, patient_id, doctor_id, closed, before, limit)
-- Latest first, by keyset on the id. Titles stay sealed: they are for the two people.
SELECT x.id, x.type, x.external_id, x.version, x.closed_at, x.created_at, x.updated_at,
       x.patient_id, p.external_id AS patient_external_id, p.username AS patient_username,
       p.first_name || ' ' || p.last_name AS patient_name,
       x.doctor_id, d.external_id AS doctor_external_id, d.username AS doctor_username,
       d.first_name || ' ' || d.last_name AS doctor_name
FROM contexts x JOIN users p ON p.id = x.patient_id JOIN users d ON d.id = x.doctor_id
WHERE (:context_id::bigint IS NULL OR x.id = :context_id::bigint)
  AND (:type::text IS NULL OR x.type = :type::text)
  AND (:patient_id::bigint IS NULL OR x.patient_id = :patient_id::bigint)
  AND (:doctor_id::bigint IS NULL OR x.doctor_id = :doctor_id::bigint)
  AND (:closed::boolean IS NULL OR (x.closed_at IS NOT NULL) = :closed::boolean)
  AND (:before::bigint IS NULL OR x.id < :before::bigint)
ORDER BY x.id DESC LIMIT :limit;

-- name: destroy_title(conversation_id)!
-- Of the context of a conversation that was shredded: it names a drug or an illness.
UPDATE contexts x SET key_id = '', data_key = '', title = ''
FROM conversations c
WHERE c.id = :conversation_id AND c.shredded_at IS NOT NULL AND x.type = c.context_type AND x.external_id = c.context_id
  AND x.key_id <> '';
