-- Many sends, one round trip. Separate statements on purpose: in one statement the snapshot would be older than the row
-- lock, and a repeat committed meanwhile by another node would break the unique constraint and fail the whole batch.
-- The caller never puts the same (conversation, sender, client id) twice into one batch.
--
-- Verdicts: stored · own (this very send was stored by an earlier try whose answer was lost) · repeat (the client sent it
-- before) · not_found · unknown_reply_to · or the reason of reply_obstacle().

CREATE FUNCTION append_messages(
    conversation_ids bigint[], sender_ids bigint[], message_keys uuid[], client_message_ids uuid[], types text[],
    contents bytea[], urgent boolean[], response boolean[], actions text[], reply_to_ids bigint[]
) RETURNS TABLE (
    item integer, verdict text, message_id bigint, seq bigint, change bigint, sent_at timestamptz, sender_name text, sender_role text,
    context_type text, context_id text
)
    LANGUAGE plpgsql
    -- The plan is kept for the life of a connection, and made when the tables may still be empty: a scan that was right then
    -- would be run for millions of rows. A batch is always a few hundred look-ups by key.
    SET enable_seqscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    AS $$
#variable_conflict use_column
DECLARE
    verdicts text[];
BEGIN
    -- 1. Lock in id order, so that two nodes with overlapping batches cannot deadlock.
    PERFORM FROM conversations c WHERE c.id = ANY (conversation_ids) ORDER BY c.id FOR NO KEY UPDATE;

    -- 2. Judge each item on what is committed now. A repeat comes before any other answer, as the contract wants.
    SELECT array_agg(
        CASE
            WHEN me.user_id IS NULL OR me.left_at IS NOT NULL THEN 'not_found'
            WHEN own.id IS NOT NULL THEN 'own'
            WHEN known.id IS NOT NULL THEN 'repeat'
            WHEN obstacle.reason IS NOT NULL THEN obstacle.reason
            WHEN i.reply_to_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM messages r WHERE r.id = i.reply_to_id AND r.conversation_id = i.conversation_id)
                THEN 'unknown_reply_to'
            ELSE 'stored'
        END ORDER BY i.n)
    INTO verdicts
    FROM unnest(conversation_ids, sender_ids, message_keys, client_message_ids, reply_to_ids)
        WITH ORDINALITY AS i (conversation_id, sender_id, message_key, client_message_id, reply_to_id, n)
    LEFT JOIN conversations c ON c.id = i.conversation_id
    LEFT JOIN participants me ON me.conversation_id = i.conversation_id AND me.user_id = i.sender_id
    LEFT JOIN messages own ON own.message_key = i.message_key
    LEFT JOIN messages known ON known.conversation_id = i.conversation_id AND known.sender_id = i.sender_id
        AND known.client_message_id = i.client_message_id
    LEFT JOIN LATERAL (SELECT reply_obstacle(c) AS reason) obstacle ON true;

    -- 3. Number and insert what is new.
    INSERT INTO messages (conversation_id, seq, change, sender_id, client_message_id, message_key, type, content,
                          is_urgent, requires_response, action, reply_to_id)
    SELECT i.conversation_id, c.last_seq + i.k, c.last_change + i.k, i.sender_id, i.client_message_id, i.message_key, i.type,
           i.content, i.urgent, i.response, i.action, i.reply_to_id
    FROM (
        SELECT u.*, row_number() OVER (PARTITION BY u.conversation_id ORDER BY u.n) AS k
        FROM unnest(conversation_ids, sender_ids, message_keys, client_message_ids, types, contents, urgent, response,
                    actions, reply_to_ids)
            WITH ORDINALITY AS u (conversation_id, sender_id, message_key, client_message_id, type, content, urgent,
                                  response, action, reply_to_id, n)
        WHERE verdicts[u.n] = 'stored'
    ) i
    JOIN conversations c ON c.id = i.conversation_id
    ORDER BY i.conversation_id, i.k;

    -- 4. Move the counters. A new message reopens what was archived, for all and for each.
    UPDATE conversations c
    SET last_seq = c.last_seq + s.stored, last_change = c.last_change + s.stored, message_count = c.message_count + s.stored,
        last_message_at = clock_timestamp(), updated_at = clock_timestamp(),
        status = CASE WHEN c.status = 'archived' THEN 'active' ELSE c.status END
    FROM (
        SELECT u.conversation_id, count(*) AS stored
        FROM unnest(conversation_ids) WITH ORDINALITY AS u (conversation_id, n)
        WHERE verdicts[u.n] = 'stored' GROUP BY u.conversation_id
    ) s
    WHERE c.id = s.conversation_id;

    UPDATE participants p
    SET unread = p.unread + s.stored - s.own, archived_at = NULL
    FROM (
        SELECT p2.conversation_id, p2.user_id, count(*) AS stored, count(*) FILTER (WHERE u.sender_id = p2.user_id) AS own
        FROM unnest(conversation_ids, sender_ids) WITH ORDINALITY AS u (conversation_id, sender_id, n)
        JOIN participants p2 ON p2.conversation_id = u.conversation_id AND p2.left_at IS NULL
        WHERE verdicts[u.n] = 'stored' GROUP BY p2.conversation_id, p2.user_id
    ) s
    WHERE p.conversation_id = s.conversation_id AND p.user_id = s.user_id
      AND (s.stored > s.own OR p.archived_at IS NOT NULL);

    -- 5. Answer for each item, in the order given.
    RETURN QUERY
    SELECT u.n::integer, verdicts[u.n], m.id, m.seq, m.change, m.sent_at, s.first_name || ' ' || s.last_name, s.role,
           c.context_type, c.context_id
    FROM unnest(conversation_ids, sender_ids, message_keys, client_message_ids)
        WITH ORDINALITY AS u (conversation_id, sender_id, message_key, client_message_id, n)
    LEFT JOIN messages own ON own.message_key = u.message_key
    LEFT JOIN messages known ON known.conversation_id = u.conversation_id AND known.sender_id = u.sender_id
        AND known.client_message_id = u.client_message_id
    LEFT JOIN messages m ON m.id = COALESCE(own.id, known.id) AND verdicts[u.n] IN ('stored', 'own', 'repeat')
    LEFT JOIN users s ON s.id = u.sender_id
    LEFT JOIN conversations c ON c.id = u.conversation_id
    ORDER BY u.n;
END $$;
