-- A message that comes alone is stored by a few look-ups by key: to start the one big plan of a batch costs more than they do.

-- What becomes of one message, and what its answer needs to know. The one home of the verdicts: append_messages asks it for a message
-- alone and for each of a batch. It has no settings and is STABLE, so that it is planned as a part of the statement around it
-- (ADR 0016 warns of functions in SQL that are not). Only for conversations that the caller has locked in a statement before.
CREATE FUNCTION judge_send(conversation bigint, sender bigint, key uuid, client_key uuid, answered bigint)
    RETURNS TABLE (
        verdict text, last_seq bigint, last_change bigint, context_type text, context_id text, context_version integer,
        sender_name text, sender_role text, known_id bigint, known_seq bigint, known_change bigint, known_sent_at timestamptz
    )
    LANGUAGE sql STABLE
    AS $$
    SELECT
        -- A repeat comes before any other answer, as the contract wants.
        CASE
            WHEN people.sender_id IS NULL THEN 'not_found'
            WHEN known.message_key = key THEN 'own'
            WHEN known.id IS NOT NULL THEN 'repeat'
            WHEN c.own_obstacle IS NOT NULL THEN c.own_obstacle
            WHEN people.obstacle IS NOT NULL THEN people.obstacle
            WHEN answered IS NOT NULL
                AND (SELECT r.conversation_id FROM messages r WHERE r.id = answered) IS DISTINCT FROM conversation
                THEN 'unknown_reply_to'
            ELSE 'stored'
        END,
        c.last_seq, c.last_change, c.context_type, c.context_id,
        -- What it was stored with, when this very message was.
        CASE WHEN known.message_key = key THEN known.context_version ELSE c.context_version END,
        people.sender_name, people.sender_role, known.id, known.seq, known.change, known.sent_at
    FROM (
        -- One look at all the people says both who sends and whether anybody is gone.
        SELECT max(p.obstacle) AS obstacle, max(p.user_id) FILTER (WHERE p.sends) AS sender_id,
               max(p.name) FILTER (WHERE p.sends) AS sender_name, max(p.role) FILTER (WHERE p.sends) AS sender_role
        FROM (
            SELECT s.*, s.user_id = sender AND s.left_at IS NULL AS sends
            FROM participant_states s WHERE s.conversation_id = conversation
        ) p
    ) people
    -- LIMIT makes each of these a look-up for each message, whatever the planner thinks of tables that were empty a moment ago;
    -- an aggregate does so too.
    LEFT JOIN LATERAL (SELECT * FROM conversation_states s WHERE s.id = conversation LIMIT 1) c ON true
    -- Not for strangers: whoever was removed learns nothing, not even an id. `+ 0` keeps the indexes that begin with the
    -- conversation out of this: the key of the sender is the one that finds it.
    LEFT JOIN LATERAL (
        SELECT k.id, k.seq, k.change, k.sent_at, k.message_key, k.context_version FROM messages k
        WHERE k.sender_id = people.sender_id
          AND COALESCE(k.client_message_id, k.message_key) = COALESCE(client_key, key)
          AND k.conversation_id + 0 = conversation LIMIT 1
    ) known ON true
    $$;
COMMENT ON FUNCTION judge_send(bigint, bigint, uuid, uuid, bigint) IS 'The one home of the verdicts on a message that is sent.';

-- append_messages of 0027 with the same verdicts, locks, order, rows and answers, in two ways.
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
    conversation bigint := conversation_ids[1];
    sender bigint := sender_ids[1];
    following_seq bigint;
    following_change bigint;
BEGIN
    -- A message alone: what the rest does for a batch, each step a statement of its own. See ADR 0048.
    IF cardinality(conversation_ids) = 1 THEN
        -- Apart from what follows, for the same reason as below.
        PERFORM FROM conversations c WHERE c.id = conversation FOR NO KEY UPDATE;
        moment := clock_timestamp();

        SELECT 1, j.verdict, j.last_seq + 1, j.last_change + 1, j.context_type, j.context_id, j.context_version,
               j.sender_name, j.sender_role, j.known_id, j.known_seq, j.known_change, j.known_sent_at
        INTO item, verdict, following_seq, following_change, context_type, context_id, context_version,
             sender_name, sender_role, message_id, seq, change, sent_at
        FROM judge_send(conversation, sender, message_keys[1], client_message_ids[1], reply_to_ids[1]) j;

        IF verdict = 'stored' THEN
            message_id := nextval('messages_id_seq');
            seq := following_seq;
            change := following_change;
            sent_at := moment;
            INSERT INTO messages (id, conversation_id, seq, change, sender_id, client_message_id, message_key, type, content,
                                  is_urgent, requires_response, action, reply_to_id, sent_at, context_version)
            OVERRIDING SYSTEM VALUE
            VALUES (message_id, conversation, seq, change, sender, client_message_ids[1], message_keys[1], types[1], contents[1],
                    urgent[1], response[1], actions[1], reply_to_ids[1], moment, context_version);
            UPDATE conversations c
            SET last_seq = c.last_seq + 1, last_change = c.last_change + 1, message_count = c.message_count + 1,
                last_message_at = moment, updated_at = moment,
                status = CASE WHEN c.status = 'archived' THEN 'active' ELSE c.status END
            WHERE c.id = conversation;
            UPDATE participants p
            SET unread = p.unread + CASE WHEN p.user_id = sender THEN 0 ELSE 1 END, archived_at = NULL
            WHERE p.conversation_id = conversation AND p.left_at IS NULL
              AND (p.archived_at IS NOT NULL OR p.user_id <> sender);
        END IF;
        RETURN NEXT;
        RETURN;
    END IF;

    -- In id order, so that two nodes with overlapping batches cannot deadlock. A statement of its own: the snapshot of the next
    -- one is younger than these locks, and so it sees what another node stored before it gave them up.
    PERFORM FROM conversations c WHERE c.id = ANY (conversation_ids) ORDER BY c.id FOR NO KEY UPDATE;
    moment := clock_timestamp();

    RETURN QUERY
    WITH judged AS (
        SELECT i.*, j.*
        FROM (
            -- In the order in which they are numbered, before anything is added to them: there is less to sort.
            SELECT u.n, u.conversation_id, sender_ids[u.n] AS sender_id, message_keys[u.n] AS message_key,
                   client_message_ids[u.n] AS client_message_id, reply_to_ids[LEAST(u.n, cardinality(reply_to_ids))] AS reply_to_id
            FROM unnest(conversation_ids) WITH ORDINALITY AS u (conversation_id, n) ORDER BY u.conversation_id, u.n
        ) i
        CROSS JOIN LATERAL judge_send(i.conversation_id, i.sender_id, i.message_key, i.client_message_id, i.reply_to_id) j
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
           m.sender_name, m.sender_role, m.context_type, m.context_id, m.context_version
    FROM numbered m ORDER BY m.n;
END $$;
