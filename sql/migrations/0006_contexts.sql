-- Prescriptions and exams: what a contextual conversation is about, as the host application says it.

CREATE TABLE contexts (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT contexts_pkey PRIMARY KEY,
    type text NOT NULL,
    -- The host application's own id: the contextId of the contract.
    external_id text NOT NULL,
    version integer NOT NULL CONSTRAINT contexts_version_positive CHECK (version > 0),
    patient_id bigint NOT NULL CONSTRAINT contexts_patient_fkey REFERENCES users,
    doctor_id bigint NOT NULL CONSTRAINT contexts_doctor_fkey REFERENCES users,
    -- The title names a drug or an illness: sealed as messages are, under a key of its own.
    title bytea NOT NULL,
    title_key uuid NOT NULL,
    key_id text NOT NULL,
    data_key bytea NOT NULL,
    closed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT contexts_two_people CHECK (patient_id <> doctor_id),
    CONSTRAINT contexts_name_key UNIQUE (type, external_id),
    -- For the foreign key of conversations.
    CONSTRAINT contexts_people_key UNIQUE (type, external_id, patient_id, doctor_id)
);
CREATE INDEX contexts_of_patient ON contexts (patient_id, id);
CREATE INDEX contexts_of_doctor ON contexts (doctor_id, id);

-- Bound for good: to a context that is there, between the very two people that it names.
ALTER TABLE conversations ADD CONSTRAINT conversations_context_fkey
    FOREIGN KEY (context_type, context_id, first_user_id, second_user_id)
    REFERENCES contexts (type, external_id, patient_id, doctor_id);

-- The version that the context had when the message was written.
ALTER TABLE messages ADD COLUMN context_version integer;

CREATE OR REPLACE VIEW conversation_states AS
SELECT c.id, c.kind, c.first_user_id, c.second_user_id, c.context_type, c.context_id, c.status, c.last_seq, c.last_change,
       c.message_count, c.last_message_at, c.key_id, c.data_key, c.created_at, c.updated_at,
       CASE
           WHEN c.status = 'closed' THEN 'conversation_closed'
           WHEN c.kind = 'care' AND (
               SELECT l.id FROM care_links l
               WHERE l.patient_id = c.first_user_id AND l.doctor_id = c.second_user_id AND l.until IS NULL) IS NULL
               THEN 'link_ended'
           WHEN c.kind = 'contextual' AND (
               SELECT x.id FROM contexts x
               WHERE x.type = c.context_type AND x.external_id = c.context_id AND x.closed_at IS NULL) IS NULL
               THEN 'context_closed'
           WHEN (SELECT bool_or(p.left_at IS NOT NULL OR u.disabled_at IS NOT NULL)
                 FROM participants p JOIN users u ON u.id = p.user_id WHERE p.conversation_id = c.id)
               THEN 'participant_left'
       END AS obstacle,
       CASE WHEN c.kind = 'contextual' THEN (
           SELECT x.version FROM contexts x WHERE x.type = c.context_type AND x.external_id = c.context_id)
       END AS context_version
FROM conversations c;

CREATE OR REPLACE VIEW message_rows AS
SELECT m.id, m.conversation_id, m.seq, m.change, m.client_message_id, m.sender_id,
       u.first_name || ' ' || u.last_name AS sender_name, u.role AS sender_role,
       m.type, m.content, m.message_key, m.version, m.is_urgent, m.requires_response, m.action, m.reply_to_id,
       c.context_type, c.context_id, c.key_id, c.data_key, m.sent_at, m.edited_at, m.deleted_at,
       CASE WHEN others.delivered THEN others.delivered_at END AS delivered_at,
       CASE WHEN others.read THEN others.read_at END AS read_at,
       m.context_version
FROM messages m
JOIN conversations c ON c.id = m.conversation_id
LEFT JOIN users u ON u.id = m.sender_id
LEFT JOIN LATERAL (
    SELECT bool_and(p.delivered_seq >= m.seq) AS delivered, bool_and(p.read_seq >= m.seq) AS read,
           max((SELECT k.at FROM marks k
                WHERE k.conversation_id = p.conversation_id AND k.user_id = p.user_id AND k.kind = 'delivered'
                  AND k.up_to_seq >= m.seq ORDER BY k.up_to_seq LIMIT 1)) AS delivered_at,
           max((SELECT k.at FROM marks k
                WHERE k.conversation_id = p.conversation_id AND k.user_id = p.user_id AND k.kind = 'read'
                  AND k.up_to_seq >= m.seq ORDER BY k.up_to_seq LIMIT 1)) AS read_at
    FROM participants p
    WHERE p.conversation_id = m.conversation_id AND p.left_at IS NULL AND p.user_id IS DISTINCT FROM m.sender_id
) others ON true;

-- As before, with what the list shows of a context: nothing for conversations without one.
CREATE OR REPLACE VIEW conversation_rows AS
SELECT me.user_id AS viewer_id, c.id, c.kind,
       CASE WHEN c.status = 'active' AND me.archived_at IS NOT NULL THEN 'archived' ELSE c.status END AS status,
       c.context_type, c.context_id, c.key_id, c.data_key,
       o.id AS other_id, o.username AS other_username, o.first_name AS other_first_name, o.last_name AS other_last_name,
       o.role AS other_role, o.email AS other_email, o.search_name AS other_search_name,
       l.sender_id AS last_sender_id, l.content AS last_content, l.message_key AS last_message_key, l.version AS last_version,
       l.type AS last_type, l.sent_at AS last_sent_at, l.deleted_at AS last_deleted_at,
       c.last_message_at, COALESCE(c.last_message_at, c.updated_at) AS activity_at,
       me.unread, me.read_seq, me.delivered_seq, me.muted, me.pinned, me.marked_unread,
       (SELECT count(*) FROM messages m
        WHERE m.conversation_id = c.id AND m.seq > me.read_seq AND m.is_urgent AND m.deleted_at IS NULL
          AND m.sender_id <> me.user_id) AS urgent_count,
       -- When the last one that asks is answered, all are.
       COALESCE((SELECT NOT EXISTS (SELECT FROM messages a
                                    WHERE a.conversation_id = c.id AND a.seq > m.seq AND a.sender_id = me.user_id
                                      AND a.deleted_at IS NULL)
                 FROM messages m
                 WHERE m.conversation_id = c.id AND m.requires_response AND m.deleted_at IS NULL AND m.sender_id <> me.user_id
                 ORDER BY m.seq DESC LIMIT 1), false) AS awaiting_reply,
       c.message_count, c.last_seq, c.last_change, c.created_at, c.updated_at, c.obstacle,
       x.version AS context_version, x.closed_at IS NOT NULL AS context_closed, x.title AS context_title,
       x.title_key AS context_title_key, x.key_id AS context_key_id, x.data_key AS context_data_key
FROM participants me
JOIN conversation_states c ON c.id = me.conversation_id
LEFT JOIN users o ON o.id = CASE WHEN me.user_id = c.first_user_id THEN c.second_user_id ELSE c.first_user_id END
LEFT JOIN contexts x ON x.type = c.context_type AND x.external_id = c.context_id
LEFT JOIN messages l ON l.conversation_id = c.id AND l.seq = c.last_seq
WHERE me.left_at IS NULL;

-- append_messages of 0005, which now keeps the version that the context has when the message is stored. A new version takes
-- the lock of the conversation too (append_system_message), so that no message can be of a version before its place.
DROP FUNCTION append_messages;
CREATE FUNCTION append_messages(
    conversation_ids bigint[], sender_ids bigint[], message_keys uuid[], client_message_ids uuid[], types text[],
    contents bytea[], urgent boolean[], response boolean[], actions text[], reply_to_ids bigint[]
) RETURNS TABLE (
    item integer, verdict text, message_id bigint, seq bigint, change bigint, sent_at timestamptz, sender_name text, sender_role text,
    context_type text, context_id text, context_version integer
)
    LANGUAGE plpgsql
    -- With the owner's rights: the server's role cannot insert by itself.
    SECURITY DEFINER
    SET search_path = public, pg_temp
    -- The plan is kept for the life of a connection, and made when the tables may still be empty: a scan that was right then
    -- would be run for millions of rows. A batch is always a few hundred look-ups by key. And it is planned once: with the
    -- default the arrays of each batch may seem worth a plan of their own.
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET enable_material = off
    SET plan_cache_mode = force_generic_plan
    AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz;
BEGIN
    -- In id order, so that two nodes with overlapping batches cannot deadlock.
    PERFORM FROM conversations c WHERE c.id = ANY (conversation_ids) ORDER BY c.id FOR NO KEY UPDATE;
    moment := clock_timestamp();

    RETURN QUERY
    WITH judged AS (
        -- A repeat comes before any other answer, as the contract wants.
        SELECT i.*, c.last_seq, c.last_change, c.context_type, c.context_id, c.context_version, me.name, me.role,
               known.id AS known_id, known.seq AS known_seq, known.change AS known_change, known.sent_at AS known_sent_at,
               known.context_version AS known_context_version,
               CASE
                   WHEN me.user_id IS NULL THEN 'not_found'
                   WHEN known.message_key = i.message_key THEN 'own'
                   WHEN known.id IS NOT NULL THEN 'repeat'
                   WHEN c.obstacle IS NOT NULL THEN c.obstacle
                   WHEN i.reply_to_id IS NOT NULL AND reply.conversation_id IS DISTINCT FROM i.conversation_id THEN 'unknown_reply_to'
                   ELSE 'stored'
               END AS verdict
        FROM unnest(conversation_ids, sender_ids, message_keys, client_message_ids, types, contents, urgent, response, actions,
                    reply_to_ids)
            WITH ORDINALITY AS i (conversation_id, sender_id, message_key, client_message_id, type, content, urgent, response,
                                  action, reply_to_id, n)
        -- LIMIT makes each of these a look-up for each item, whatever the planner thinks of tables that were empty a moment ago.
        LEFT JOIN LATERAL (SELECT * FROM conversation_states s WHERE s.id = i.conversation_id LIMIT 1) c ON true
        LEFT JOIN LATERAL (
            SELECT p.user_id, u.first_name || ' ' || u.last_name AS name, u.role
            FROM participants p JOIN users u ON u.id = p.user_id
            WHERE p.conversation_id = i.conversation_id AND p.user_id = i.sender_id AND p.left_at IS NULL LIMIT 1
        ) me ON true
        LEFT JOIN LATERAL (SELECT r.conversation_id FROM messages r WHERE r.id = i.reply_to_id LIMIT 1) reply ON true
        -- Not for strangers: whoever was removed learns nothing, not even an id. `+ 0` keeps the indexes that begin with the
        -- conversation out of this: the key of the sender is the one that finds it.
        LEFT JOIN LATERAL (
            SELECT k.id, k.seq, k.change, k.sent_at, k.message_key, k.context_version FROM messages k
            WHERE k.sender_id = me.user_id AND COALESCE(k.client_message_id, k.message_key) = COALESCE(i.client_message_id, i.message_key)
              AND k.conversation_id + 0 = i.conversation_id LIMIT 1
        ) known ON true
    ), numbered AS MATERIALIZED (
        SELECT j.*, CASE WHEN j.verdict = 'stored' THEN nextval('messages_id_seq') ELSE j.known_id END AS id,
               count(*) FILTER (WHERE j.verdict = 'stored') OVER (PARTITION BY j.conversation_id ORDER BY j.n) AS k
        FROM judged j
    ), stored AS (
        INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_message_id, message_key, type, content,
                              is_urgent, requires_response, action, reply_to_id, sent_at, context_version)
        OVERRIDING SYSTEM VALUE
        SELECT m.id, m.conversation_id, m.last_seq + m.k, m.last_change + m.k, m.sender_id, m.client_message_id, m.message_key,
               m.type, m.content, m.urgent, m.response, m.action, m.reply_to_id, moment, m.context_version
        FROM numbered m WHERE m.verdict = 'stored'
    ), counts AS MATERIALIZED (
        SELECT m.conversation_id, count(*) AS stored, array_agg(m.sender_id) AS senders
        FROM numbered m WHERE m.verdict = 'stored' GROUP BY m.conversation_id
    ), moved AS (
        -- A new message reopens what was archived, for all and for each.
        UPDATE conversations c
        SET last_seq = c.last_seq + s.stored, last_change = c.last_change + s.stored, message_count = c.message_count + s.stored,
            last_message_at = moment, updated_at = moment,
            status = CASE WHEN c.status = 'archived' THEN 'active' ELSE c.status END
        FROM counts s WHERE c.id = s.conversation_id
    ), told AS (
        UPDATE participants p
        SET unread = p.unread + s.stored - COALESCE(cardinality(array_positions(s.senders, p.user_id)), 0), archived_at = NULL
        FROM counts s
        WHERE p.conversation_id = s.conversation_id AND p.left_at IS NULL
          AND (p.archived_at IS NOT NULL OR p.user_id <> ANY (s.senders))
    )
    SELECT m.n::integer, m.verdict,
           m.id,
           CASE WHEN m.verdict = 'stored' THEN m.last_seq + m.k ELSE m.known_seq END,
           CASE WHEN m.verdict = 'stored' THEN m.last_change + m.k ELSE m.known_change END,
           CASE WHEN m.verdict = 'stored' THEN moment ELSE m.known_sent_at END,
           m.name, m.role, m.context_type, m.context_id,
           CASE WHEN m.verdict = 'own' THEN m.known_context_version ELSE m.context_version END
    FROM numbered m ORDER BY m.n;
END $$;

-- What the server itself says in a conversation, such as that its context changed. Told to both, unread by nobody.
CREATE FUNCTION append_system_message(to_conversation bigint, with_key uuid, sealed bytea)
    RETURNS TABLE (seq bigint, change bigint)
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = public, pg_temp
    SET enable_seqscan = off -- as in append_messages
    AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz;
BEGIN
    PERFORM FROM conversations c WHERE c.id = to_conversation FOR NO KEY UPDATE;
    moment := clock_timestamp();
    UPDATE participants p SET archived_at = NULL WHERE p.conversation_id = to_conversation AND p.archived_at IS NOT NULL;
    RETURN QUERY
    WITH moved AS (
        UPDATE conversations c
        SET last_seq = c.last_seq + 1, last_change = c.last_change + 1, message_count = c.message_count + 1,
            last_message_at = moment, updated_at = moment,
            status = CASE WHEN c.status = 'archived' THEN 'active' ELSE c.status END
        WHERE c.id = to_conversation RETURNING c.last_seq, c.last_change
    )
    INSERT INTO messages (conversation_id, seq, change, message_key, type, content, sent_at, context_version)
    SELECT to_conversation, moved.last_seq, moved.last_change, with_key, 'system', sealed, moment,
           (SELECT s.context_version FROM conversation_states s WHERE s.id = to_conversation)
    FROM moved
    RETURNING seq, change;
END $$;
