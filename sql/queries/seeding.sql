-- People and conversations made up for trying out and measuring.

-- name: seed_users(usernames, external_ids, first_names, last_names, roles)!
INSERT INTO users (username, external_id, first_name, last_name, role)
SELECT * FROM unnest(:usernames::text[], :external_ids::text[], :first_names::text[], :last_names::text[], :roles::text[])
ON CONFLICT (lower(username)) DO NOTHING;

-- name: seeded_users(usernames)
SELECT u.id, u.username, u.role, u.external_id, u.password_hash IS NOT NULL AS has_password
FROM users u WHERE lower(u.username) = ANY (:usernames::text[]);

-- name: seed_password(user_id, password_hash)!
UPDATE users SET password_hash = :password_hash, disabled_at = NULL WHERE id = :user_id;

-- name: seed_links(patient_ids, doctor_ids)!
INSERT INTO care_links (patient_id, doctor_id)
SELECT * FROM unnest(:patient_ids::bigint[], :doctor_ids::bigint[])
ON CONFLICT (patient_id, doctor_id) WHERE until IS NULL DO NOTHING;

-- name: seed_conversations(kinds, first_ids, second_ids, context_types, context_ids, key_ids, data_keys)!
WITH made AS (
    INSERT INTO conversations (kind, first_user_id, second_user_id, context_type, context_id, key_id, data_key)
    SELECT * FROM unnest(:kinds::text[], :first_ids::bigint[], :second_ids::bigint[], :context_types::text[], :context_ids::text[],
                         :key_ids::text[], :data_keys::bytea[])
    ON CONFLICT DO NOTHING RETURNING id, first_user_id, second_user_id
)
INSERT INTO participants (conversation_id, user_id)
SELECT made.id, member FROM made, unnest(ARRAY[made.first_user_id, made.second_user_id]) AS member;

-- name: seeded_conversations(first_ids, second_ids, context_types, context_ids)
SELECT c.id, c.first_user_id, c.second_user_id, c.key_id, c.data_key, c.last_seq
FROM unnest(:first_ids::bigint[], :second_ids::bigint[], :context_types::text[], :context_ids::text[])
    WITH ORDINALITY AS asked (first_id, second_id, context_type, context_id, n)
JOIN conversations c ON c.first_user_id = asked.first_id AND c.second_user_id = asked.second_id
    AND (c.context_type, c.context_id) IS NOT DISTINCT FROM (asked.context_type, asked.context_id)
    AND c.shredded_at IS NULL
ORDER BY asked.n;

-- name: seed_sessions(session_ids, user_ids, seconds)!
-- The same session each time, so that seeding twice adds nothing.
INSERT INTO sessions (id, user_id, expires_at, device)
SELECT s.id, s.user_id, now() + make_interval(secs => :seconds), 'seed'
FROM unnest(:session_ids::uuid[], :user_ids::bigint[]) AS s (id, user_id)
ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, ended_at = NULL, end_reason = NULL;

-- name: backdate_messages(conversation_id, minutes)!
-- `minutes`: how long ago each message was sent, in the order of seq.
UPDATE messages m SET sent_at = now() - make_interval(mins => (:minutes::integer[])[m.seq]) WHERE m.conversation_id = :conversation_id;

-- name: backdate_conversation(conversation_id)!
UPDATE conversations c SET last_message_at = last.sent_at
FROM messages last WHERE c.id = :conversation_id AND last.conversation_id = c.id AND last.seq = c.last_seq;

-- name: has_questions()$
SELECT EXISTS (SELECT FROM questions);

-- name: backdate_question(question_id, minutes, answer_minutes)!
-- How long ago it was asked, and each answer given, in the order of their ids.
WITH dated AS (
    UPDATE answers a SET created_at = now() - make_interval(mins => told.minutes)
    FROM (SELECT o.id, (:answer_minutes::integer[])[row_number() OVER (ORDER BY o.id)] AS minutes
          FROM answers o WHERE o.question_id = :question_id) told
    WHERE a.id = told.id RETURNING a.created_at
)
UPDATE questions SET created_at = now() - make_interval(mins => :minutes),
    activity_at = GREATEST(now() - make_interval(mins => :minutes), (SELECT max(created_at) FROM dated))
WHERE id = :question_id;
