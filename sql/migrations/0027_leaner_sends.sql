-- What a batch of sends looks up is looked up once, and what all of its messages share is said once.

-- Who takes part in a conversation, and whether that stands in the way of whoever writes there. Nobody else's home of that rule:
-- conversation_states asks it, and so does append_messages, which needs the sender's name and role of the same rows.
CREATE VIEW participant_states AS
SELECT p.conversation_id, p.user_id, p.left_at, u.first_name || ' ' || u.last_name AS name, u.role,
       CASE WHEN p.left_at IS NOT NULL OR u.disabled_at IS NOT NULL THEN 'participant_left' END AS obstacle
FROM participants p JOIN users u ON u.id = p.user_id;
COMMENT ON VIEW participant_states IS 'The people of a conversation, and why nobody can write to them (obstacle), or NULL.';

-- As before, with what the conversation by itself puts in the way as a column of its own.
CREATE OR REPLACE VIEW conversation_states AS
SELECT c.id, c.kind, c.first_user_id, c.second_user_id, c.context_type, c.context_id, c.status, c.last_seq, c.last_change,
       c.message_count, c.last_message_at, c.key_id, c.data_key, c.created_at, c.updated_at,
       COALESCE(own.obstacle, (SELECT max(p.obstacle) FROM participant_states p WHERE p.conversation_id = c.id)) AS obstacle,
       CASE WHEN c.kind = 'contextual' THEN (
           SELECT x.version FROM contexts x WHERE x.type = c.context_type AND x.external_id = c.context_id)
       END AS context_version,
       own.obstacle AS own_obstacle
FROM conversations c
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN c.status = 'closed' THEN 'conversation_closed'
        WHEN c.kind = 'care' AND (
            SELECT l.id FROM care_links l
            WHERE l.patient_id = c.first_user_id AND l.doctor_id = c.second_user_id AND l.until IS NULL) IS NULL
            THEN 'link_ended'
        WHEN c.kind = 'contextual' AND (
            SELECT x.id FROM contexts x
            WHERE x.type = c.context_type AND x.external_id = c.context_id AND x.closed_at IS NULL) IS NULL
            THEN 'context_closed'
    END AS obstacle
) own;

-- append_messages of 0006 with the same verdicts, locks and order. New: types, urgent, response, actions and reply_to_ids may be
-- shorter than the batch, and then the last one holds for all the rest: of most batches all messages are plain texts. Their
-- elements are taken where they are needed, as are the contents; what is sorted, numbered and kept for the later steps is narrow.
CREATE OR REPLACE FUNCTION append_messages(
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
    -- In id order, so that two nodes with overlapping batches cannot deadlock. A statement of its own: the snapshot of the next
    -- one is younger than these locks, and so it sees what another node stored before it gave them up.
    PERFORM FROM conversations c WHERE c.id = ANY (conversation_ids) ORDER BY c.id FOR NO KEY UPDATE;
    moment := clock_timestamp();

    RETURN QUERY
    WITH judged AS (
        -- A repeat comes before any other answer, as the contract wants.
        SELECT i.*, c.last_seq, c.last_change, c.context_type, c.context_id, c.context_version, people.sender_name, people.sender_role,
               known.id AS known_id, known.seq AS known_seq, known.change AS known_change, known.sent_at AS known_sent_at,
               known.context_version AS known_context_version,
               CASE
                   WHEN people.sender_id IS NULL THEN 'not_found'
                   WHEN known.message_key = i.message_key THEN 'own'
                   WHEN known.id IS NOT NULL THEN 'repeat'
                   WHEN c.own_obstacle IS NOT NULL THEN c.own_obstacle
                   WHEN people.obstacle IS NOT NULL THEN people.obstacle
                   WHEN i.reply_to_id IS NOT NULL
                       AND (SELECT r.conversation_id FROM messages r WHERE r.id = i.reply_to_id) IS DISTINCT FROM i.conversation_id
                       THEN 'unknown_reply_to'
                   ELSE 'stored'
               END AS verdict
        FROM (
            -- In the order in which they are numbered, before anything is added to them: there is less to sort.
            SELECT u.n, u.conversation_id, sender_ids[u.n] AS sender_id, message_keys[u.n] AS message_key,
                   client_message_ids[u.n] AS client_message_id, reply_to_ids[LEAST(u.n, cardinality(reply_to_ids))] AS reply_to_id
            FROM unnest(conversation_ids) WITH ORDINALITY AS u (conversation_id, n) ORDER BY u.conversation_id, u.n
        ) i
        -- LIMIT makes each of these a look-up for each item, whatever the planner thinks of tables that were empty a moment ago;
        -- an aggregate does so too.
        LEFT JOIN LATERAL (SELECT * FROM conversation_states s WHERE s.id = i.conversation_id LIMIT 1) c ON true
        CROSS JOIN LATERAL (
            -- One look at all the people says both who sends and whether anybody is gone.
            SELECT max(p.obstacle) AS obstacle, max(p.user_id) FILTER (WHERE p.sends) AS sender_id,
                   max(p.name) FILTER (WHERE p.sends) AS sender_name, max(p.role) FILTER (WHERE p.sends) AS sender_role
            FROM (
                SELECT s.*, s.user_id = i.sender_id AND s.left_at IS NULL AS sends
                FROM participant_states s WHERE s.conversation_id = i.conversation_id
            ) p
        ) people
        -- Not for strangers: whoever was removed learns nothing, not even an id. `+ 0` keeps the indexes that begin with the
        -- conversation out of this: the key of the sender is the one that finds it.
        LEFT JOIN LATERAL (
            SELECT k.id, k.seq, k.change, k.sent_at, k.message_key, k.context_version FROM messages k
            WHERE k.sender_id = people.sender_id
              AND COALESCE(k.client_message_id, k.message_key) = COALESCE(i.client_message_id, i.message_key)
              AND k.conversation_id + 0 = i.conversation_id LIMIT 1
        ) known ON true
        OFFSET 0 -- or the verdict, which is asked for three times, would be worked out three times
    ), numbered AS MATERIALIZED (
        SELECT j.*, CASE WHEN j.verdict = 'stored' THEN nextval('messages_id_seq') ELSE j.known_id END AS id,
               count(*) FILTER (WHERE j.verdict = 'stored')
                   OVER (PARTITION BY j.conversation_id ORDER BY j.n ROWS UNBOUNDED PRECEDING) AS k
        FROM judged j
    ), stored AS (
        INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_message_id, message_key, type, content,
                              is_urgent, requires_response, action, reply_to_id, sent_at, context_version)
        OVERRIDING SYSTEM VALUE
        SELECT m.id, m.conversation_id, m.last_seq + m.k, m.last_change + m.k, m.sender_id, m.client_message_id, m.message_key,
               types[LEAST(m.n, cardinality(types))], contents[m.n], urgent[LEAST(m.n, cardinality(urgent))],
               response[LEAST(m.n, cardinality(response))], actions[LEAST(m.n, cardinality(actions))], m.reply_to_id, moment,
               m.context_version
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
           m.sender_name, m.sender_role, m.context_type, m.context_id,
           CASE WHEN m.verdict = 'own' THEN m.known_context_version ELSE m.context_version END
    FROM numbered m ORDER BY m.n;
END $$;
