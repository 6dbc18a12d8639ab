-- The blind index: who is behind, what is written, what is found. Hashes only.

-- name: find_search_secret()^
SELECT s.key_id, s.secret AS blob FROM search_secrets s;

-- name: keep_search_secret(key_id, secret)!
-- The first one counts.
INSERT INTO search_secrets (key_id, secret) VALUES (:key_id, :secret) ON CONFLICT DO NOTHING;

-- name: take_search_lease(holder, seconds)$
-- True for whoever has it now: who had it, or who comes when its time is over.
INSERT INTO search_lease AS l (holder, until) VALUES (:holder, clock_timestamp() + make_interval(secs => :seconds))
ON CONFLICT (singleton) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
RETURNING true;

-- name: keep_search_lease(holder, seconds)$
-- True while nobody else had it meanwhile, also when its time was over: whoever had could have indexed what is in hand.
UPDATE search_lease SET until = clock_timestamp() + make_interval(secs => :seconds) WHERE holder = :holder RETURNING true;

-- name: leave_search_lease(holder)!
UPDATE search_lease SET until = clock_timestamp() WHERE holder = :holder;

-- name: last_conversation_id()$
SELECT COALESCE(max(c.id), 0) FROM conversations c;

-- name: list_unindexed_conversations(after_id, up_to_id)
-- Something was sent or changed since the index came by, or others take part now. What nobody wrote in is not asked for.
SELECT c.id FROM conversations c LEFT JOIN search_positions s ON s.conversation_id = c.id
WHERE c.id > :after_id AND c.id <= :up_to_id AND c.last_change > 0
  AND (s.change IS NULL OR s.change < c.last_change
       OR s.readers IS DISTINCT FROM (SELECT array_agg(p.user_id ORDER BY p.user_id) FROM participants p
                                      WHERE p.conversation_id = c.id AND p.left_at IS NULL
                   AND NOT EXISTS (SELECT FROM erasures e WHERE e.user_id = p.user_id)));

-- name: list_index_states(conversation_ids)
-- How far the index is, and for whom it is and should be.
SELECT c.id AS conversation_id, c.last_change, c.key_id, c.data_key, COALESCE(s.change, 0) AS change,
       COALESCE(s.readers, '{}') AS indexed_readers,
       COALESCE((SELECT array_agg(p.user_id ORDER BY p.user_id) FROM participants p
                 WHERE p.conversation_id = c.id AND p.left_at IS NULL
                   AND NOT EXISTS (SELECT FROM erasures e WHERE e.user_id = p.user_id)), '{}') AS readers
FROM unnest(:conversation_ids::bigint[]) AS asked (id)
JOIN conversations c ON c.id = asked.id
LEFT JOIN search_positions s ON s.conversation_id = c.id
ORDER BY c.id;

-- name: list_messages_to_index(conversation_ids, changes, limit)
-- What each conversation has after its change, conversations in the order of their ids.
SELECT m.* FROM unnest(:conversation_ids::bigint[], :changes::bigint[]) AS asked (conversation_id, change)
JOIN LATERAL (
    SELECT r.id, r.conversation_id, r.change, r.sender_id, r.message_key, r.version, r.content,
           r.type <> 'system' AND r.deleted_at IS NULL AS searchable
    FROM messages r WHERE r.conversation_id = asked.conversation_id AND r.change > asked.change ORDER BY r.change LIMIT :limit
) m ON true
ORDER BY m.conversation_id, m.change LIMIT :limit;

-- name: store_index_batch(holder, seconds, message_ids, reader_ids, tokens, gone_message_ids, conversation_ids, changes, readers, left_conversation_ids, left_reader_ids)$
-- All of it or, for whoever lost the lease meanwhile, nothing. The row of the lease stays locked until it is done.
WITH lease AS MATERIALIZED (
    UPDATE search_lease SET until = clock_timestamp() + make_interval(secs => :seconds)
    WHERE holder = :holder AND until > clock_timestamp() RETURNING singleton
), written AS (
    INSERT INTO search_entries (message_id, reader_id, tokens)
    SELECT e.message_id, e.reader_id, e.tokens::bigint[]
    FROM unnest(:message_ids::bigint[], :reader_ids::bigint[], :tokens::text[]) AS e (message_id, reader_id, tokens), lease
    ON CONFLICT (message_id, reader_id) DO UPDATE SET tokens = excluded.tokens
), gone AS (
    DELETE FROM search_entries e USING lease WHERE e.message_id = ANY (:gone_message_ids::bigint[])
), parted AS (
    DELETE FROM search_entries e
    USING lease, unnest(:left_conversation_ids::bigint[], :left_reader_ids::bigint[]) AS l (conversation_id, reader_id), messages m
    WHERE m.conversation_id = l.conversation_id AND e.message_id = m.id AND e.reader_id = l.reader_id
), moved AS (
    INSERT INTO search_positions (conversation_id, change, readers)
    SELECT p.conversation_id, p.change, p.readers::bigint[]
    FROM unnest(:conversation_ids::bigint[], :changes::bigint[], :readers::text[]) AS p (conversation_id, change, readers), lease
    ON CONFLICT (conversation_id) DO UPDATE SET change = excluded.change, readers = excluded.readers
)
SELECT EXISTS (SELECT FROM lease);

-- name: forget_indexed(conversation_ids)!
-- For what was shredded: nothing of it stays in the index, and it is not indexed again unless it changes.
WITH gone AS (
    DELETE FROM search_entries e USING messages m
    WHERE m.conversation_id = ANY (:conversation_ids::bigint[]) AND e.message_id = m.id
)
INSERT INTO search_positions AS s (conversation_id, change, readers)
SELECT c.id, c.last_change, COALESCE((SELECT array_agg(p.user_id ORDER BY p.user_id) FROM participants p
                                      WHERE p.conversation_id = c.id AND p.left_at IS NULL
                   AND NOT EXISTS (SELECT FROM erasures e WHERE e.user_id = p.user_id)), '{}')
FROM conversations c WHERE c.id = ANY (:conversation_ids::bigint[])
ON CONFLICT (conversation_id) DO UPDATE SET change = excluded.change, readers = excluded.readers;

-- name: list_search_blocks(reader_id, before_id, bits, limit)
-- The newest blocks of 2^bits ids in which the reader has messages: one look-up a block, however many messages.
WITH RECURSIVE walk AS (
    (SELECT e.message_id >> :bits AS block FROM search_entries e
     WHERE e.reader_id = :reader_id AND e.message_id < :before_id ORDER BY e.message_id DESC LIMIT 1)
    UNION ALL
    SELECT (SELECT e.message_id >> :bits FROM search_entries e
            WHERE e.reader_id = :reader_id AND e.message_id < walk.block << :bits ORDER BY e.message_id DESC LIMIT 1)
    FROM walk WHERE walk.block IS NOT NULL
)
SELECT walk.block FROM walk WHERE walk.block IS NOT NULL LIMIT :limit;

-- name: list_search_candidates(viewer_id, kinds, lines, certain, before_id, entries)
-- See sql/migrations/0016_search_candidates.sql. Only what opening one needs, and that only of what the viewer may read now;
-- the ids of all, since the search goes on before the last one. `certain` has the hashes of each block that leave no doubt.
SELECT f.message_id, me.user_id IS NOT NULL AS readable, e.tokens && (:certain::text[])[f.block]::bigint[] AS certain,
       m.conversation_id, m.sender_id, m.message_key, m.version, m.content, c.key_id, c.data_key
FROM find_search_candidates(:lines::text[], :before_id, :entries) AS f (message_id, block)
JOIN search_entries e ON e.message_id = f.message_id AND e.reader_id = :viewer_id
LEFT JOIN messages m ON m.id = f.message_id AND m.deleted_at IS NULL
LEFT JOIN conversations c ON c.id = m.conversation_id AND c.kind = ANY (:kinds)
LEFT JOIN participants me ON me.conversation_id = c.id AND me.user_id = :viewer_id AND me.left_at IS NULL
ORDER BY f.message_id DESC;

-- name: list_found_messages(viewer_id, kinds, message_ids)
-- Of these, what the viewer may read now, newest first.
SELECT m.* FROM unnest(:message_ids::bigint[]) AS found (id)
JOIN message_rows m ON m.id = found.id
JOIN conversations c ON c.id = m.conversation_id AND c.kind = ANY (:kinds)
JOIN participants me ON me.conversation_id = m.conversation_id AND me.user_id = :viewer_id AND me.left_at IS NULL
WHERE m.deleted_at IS NULL
ORDER BY m.id DESC;
