-- What 10 million messages, a million people and thousands of sends a second asked for; the figures are in ADR 0016.

-- 1. Why nobody can write, as part of a view: a function in SQL that looks into tables is parsed and planned anew in each
-- statement that uses it. Scalar subqueries, because EXISTS may be turned into a hash of all care links.
CREATE VIEW conversation_states AS
SELECT c.id, c.kind, c.first_user_id, c.second_user_id, c.context_type, c.context_id, c.status, c.last_seq, c.last_change,
       c.message_count, c.last_message_at, c.key_id, c.data_key, c.created_at, c.updated_at,
       CASE
           WHEN c.status = 'closed' THEN 'conversation_closed'
           WHEN c.kind = 'care' AND (
               SELECT l.id FROM care_links l
               WHERE l.patient_id = c.first_user_id AND l.doctor_id = c.second_user_id AND l.until IS NULL) IS NULL
               THEN 'link_ended'
           WHEN (SELECT bool_or(p.left_at IS NOT NULL OR u.disabled_at IS NOT NULL)
                 FROM participants p JOIN users u ON u.id = p.user_id WHERE p.conversation_id = c.id)
               THEN 'participant_left'
       END AS obstacle
FROM conversations c;
COMMENT ON VIEW conversation_states IS 'The one home of the rule why nobody can write in a conversation now (obstacle), or NULL.';

-- Nothing that a query does not ask for is computed: the joins with people and the last message fall away too.
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
       c.message_count, c.last_seq, c.last_change, c.created_at, c.updated_at, c.obstacle
FROM participants me
JOIN conversation_states c ON c.id = me.conversation_id
LEFT JOIN users o ON o.id = CASE WHEN me.user_id = c.first_user_id THEN c.second_user_id ELSE c.first_user_id END
LEFT JOIN messages l ON l.conversation_id = c.id AND l.seq = c.last_seq
WHERE me.left_at IS NULL;

DROP FUNCTION reply_obstacle(conversations);

-- 2. People are listed by name and found by the letters of it without a look at everybody.
ALTER TABLE users ADD COLUMN sort_name text NOT NULL GENERATED ALWAYS AS (fold(last_name || ' ' || first_name)) STORED;
DROP INDEX users_role;
CREATE INDEX users_by_name ON users (role, sort_name, id) INCLUDE (search_name) WHERE disabled_at IS NULL;
DROP INDEX users_search_name;
-- With a blank before it, a word's beginning can be told from its middle, and two letters are enough for the index.
CREATE INDEX users_letters ON users USING gin ((' ' || search_name) gin_trgm_ops);
CREATE INDEX users_letters_of_mentors ON users USING gin ((' ' || search_name) gin_trgm_ops) WHERE role = 'mentor' AND disabled_at IS NULL;
CREATE INDEX users_letters_of_members ON users USING gin ((' ' || search_name) gin_trgm_ops) WHERE role = 'member' AND disabled_at IS NULL;
-- How many names hold a few letters decides between the list by name and the letters: a hundred samples are too few to say.
ALTER INDEX users_letters ALTER COLUMN 1 SET STATISTICS 400;
ALTER INDEX users_letters_of_mentors ALTER COLUMN 1 SET STATISTICS 400;
ALTER INDEX users_letters_of_members ALTER COLUMN 1 SET STATISTICS 400;

-- 3. What each message costs. One key tells a repeat from a try whose answer was lost: the client's id, or ours where it has none.
ALTER TABLE messages DROP CONSTRAINT messages_message_key_key;
ALTER TABLE messages DROP CONSTRAINT messages_client_message_id_key;
CREATE UNIQUE INDEX messages_sent_key ON messages (sender_id, (COALESCE(client_message_id, message_key)), conversation_id);
-- Who comes back asks for what was changed: not for each message since.
CREATE INDEX messages_changed ON messages (conversation_id, change) WHERE edited_at IS NOT NULL OR deleted_at IS NOT NULL;
-- Nobody but append_messages inserts (see grants.sql), and it joins both: looking them up and locking them again for each
-- row cost a fifth of a send. Nothing deletes people or conversations.
ALTER TABLE messages DROP CONSTRAINT messages_conversation_fkey;
ALTER TABLE messages DROP CONSTRAINT messages_sender_fkey;

-- 4. Room on each page for the next version of a row that every send changes.
ALTER TABLE conversations SET (fillfactor = 70);
ALTER TABLE participants SET (fillfactor = 70);
-- Tables that only grow are looked at for the visibility map and the statistics before a fifth of them is new.
ALTER TABLE messages SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE conversations SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE participants SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- 5. append_messages of 0002 with the same verdicts, in two statements: one locks, the other judges, numbers, stores and
-- counts, all on one snapshot that is younger than the locks. The caller never puts two of the same key into one batch.
CREATE OR REPLACE FUNCTION append_messages(
    conversation_ids bigint[], sender_ids bigint[], message_keys uuid[], client_message_ids uuid[], types text[],
    contents bytea[], urgent boolean[], response boolean[], actions text[], reply_to_ids bigint[]
) RETURNS TABLE (
    item integer, verdict text, message_id bigint, seq bigint, change bigint, sent_at timestamptz, sender_name text, sender_role text,
    context_type text, context_id text
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
        SELECT i.*, c.last_seq, c.last_change, c.context_type, c.context_id, me.name, me.role,
               known.id AS known_id, known.seq AS known_seq, known.change AS known_change, known.sent_at AS known_sent_at,
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
            SELECT k.id, k.seq, k.change, k.sent_at, k.message_key FROM messages k
            WHERE k.sender_id = me.user_id AND COALESCE(k.client_message_id, k.message_key) = COALESCE(i.client_message_id, i.message_key)
              AND k.conversation_id + 0 = i.conversation_id LIMIT 1
        ) known ON true
    ), numbered AS MATERIALIZED (
        SELECT j.*, CASE WHEN j.verdict = 'stored' THEN nextval('messages_id_seq') ELSE j.known_id END AS id,
               count(*) FILTER (WHERE j.verdict = 'stored') OVER (PARTITION BY j.conversation_id ORDER BY j.n) AS k
        FROM judged j
    ), stored AS (
        INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_message_id, message_key, type, content,
                              is_urgent, requires_response, action, reply_to_id, sent_at)
        OVERRIDING SYSTEM VALUE
        SELECT m.id, m.conversation_id, m.last_seq + m.k, m.last_change + m.k, m.sender_id, m.client_message_id, m.message_key,
               m.type, m.content, m.urgent, m.response, m.action, m.reply_to_id, moment
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
           m.name, m.role, m.context_type, m.context_id
    FROM numbered m ORDER BY m.n;
END $$;
