-- Messages as bytes: content is sealed before it comes here and opened after it left.

-- name: append_messages(conversation_ids, sender_ids, message_keys, client_message_ids, types, contents, urgent, response, actions, reply_to_ids)
-- One batch of sends, answered in its order; see sql/migrations/0028_lone_sends.sql.
SELECT verdict, message_id, seq, change, sent_at, sender_name, sender_role, context_type, context_id, context_version
FROM append_messages(
    :conversation_ids::bigint[], :sender_ids::bigint[], :message_keys::uuid[], :client_message_ids::uuid[], :types::text[],
    :contents::bytea[], :urgent::boolean[], :response::boolean[], :actions::text[], :reply_to_ids::bigint[]);

-- name: append_system_message(conversation_id, message_key, content)
SELECT * FROM append_system_message(:conversation_id, :message_key::uuid, :content);

-- name: find_message(message_id, viewer_id)^
-- Only for a current participant of its conversation.
SELECT m.* FROM message_rows m
JOIN participants me ON me.conversation_id = m.conversation_id AND me.user_id = :viewer_id AND me.left_at IS NULL
WHERE m.id = :message_id;

-- name: find_message_by_client_id(conversation_id, sender_id, client_message_id)^
-- What the client already sent, while the sender still has a part in the conversation.
SELECT m.* FROM message_rows m
JOIN participants me ON me.conversation_id = m.conversation_id AND me.user_id = m.sender_id AND me.left_at IS NULL
WHERE m.conversation_id = :conversation_id AND m.sender_id = :sender_id
  AND COALESCE(m.client_message_id, m.message_key) = :client_message_id AND m.client_message_id IS NOT NULL;

-- name: find_quoted(conversation_id, message_id)$
-- What a reply is going to show. Who may reply is judged when it is stored.
SELECT q.quoted FROM quoted_messages q WHERE q.id = :message_id AND q.conversation_id = :conversation_id;

-- name: first_content(message_id)$
-- The text as it was sent, when it was edited or deleted since.
SELECT v.content FROM message_versions v WHERE v.message_id = :message_id AND v.version = 1;

-- name: list_messages_before(conversation_id, before_seq, limit)
-- Newest first; the caller turns the page round.
SELECT * FROM message_rows m
WHERE m.conversation_id = :conversation_id AND (:before_seq::bigint IS NULL OR m.seq < :before_seq)
ORDER BY m.seq DESC LIMIT :limit;

-- name: list_messages_after(conversation_id, after_seq, limit)
SELECT * FROM message_rows m
WHERE m.conversation_id = :conversation_id AND m.seq > :after_seq
ORDER BY m.seq LIMIT :limit;

-- name: list_changes(conversation_id, after_change, up_to_seq, limit)
-- Edited, deleted and reacted to, among those that the client already has.
SELECT * FROM message_rows m
WHERE m.conversation_id = :conversation_id AND m.change > :after_change AND m.seq <= :up_to_seq
  AND (m.edited_at IS NOT NULL OR m.deleted_at IS NOT NULL OR m.reacted_change IS NOT NULL)
ORDER BY m.change LIMIT :limit;

-- name: list_missed_messages(viewer_id, conversation_ids, after_seqs, limit)
-- New messages of many conversations, each after its own seq, in the order in which the conversations are named.
SELECT m.* FROM unnest(:conversation_ids::bigint[], :after_seqs::bigint[]) WITH ORDINALITY AS asked (conversation_id, seq, n)
JOIN participants me ON me.conversation_id = asked.conversation_id AND me.user_id = :viewer_id AND me.left_at IS NULL
JOIN LATERAL (
    SELECT * FROM message_rows r WHERE r.conversation_id = asked.conversation_id AND r.seq > asked.seq ORDER BY r.seq LIMIT :limit
) m ON true
ORDER BY asked.n, m.seq LIMIT :limit;

-- name: list_missed_changes(viewer_id, conversation_ids, up_to_seqs, after_changes, limit)
-- The same for edits, deletions and reactions of what the client already has.
SELECT m.* FROM unnest(:conversation_ids::bigint[], :up_to_seqs::bigint[], :after_changes::bigint[])
    WITH ORDINALITY AS asked (conversation_id, seq, change, n)
JOIN participants me ON me.conversation_id = asked.conversation_id AND me.user_id = :viewer_id AND me.left_at IS NULL
JOIN LATERAL (
    SELECT * FROM message_rows r
    WHERE r.conversation_id = asked.conversation_id AND r.change > asked.change AND r.seq <= asked.seq
      AND (r.edited_at IS NOT NULL OR r.deleted_at IS NOT NULL OR r.reacted_change IS NOT NULL)
    ORDER BY r.change LIMIT :limit
) m ON true
ORDER BY asked.n, m.change LIMIT :limit;

-- name: list_messages_at(conversation_ids, seqs)
-- For facts that came from another node: the rows they speak of.
SELECT m.* FROM unnest(:conversation_ids::bigint[], :seqs::bigint[]) AS asked (conversation_id, seq)
JOIN message_rows m ON m.conversation_id = asked.conversation_id AND m.seq = asked.seq;

-- name: lock_own_message(message_id, user_id)^
-- Locks conversation and message, in the order in which a send locks them. Rules are judged on what is returned.
SELECT m.id, m.conversation_id, m.seq, m.sender_id, m.message_key, m.version, m.type, m.deleted_at,
       extract(epoch FROM clock_timestamp() - m.sent_at)::float8 AS age,
       c.kind, c.key_id, c.data_key, c.obstacle,
       EXISTS (SELECT FROM attachments a WHERE a.message_id = m.id) AS with_files
FROM messages m
JOIN conversation_states c ON c.id = m.conversation_id
JOIN participants me ON me.conversation_id = m.conversation_id AND me.user_id = :user_id AND me.left_at IS NULL
WHERE m.id = :message_id
FOR NO KEY UPDATE OF c, m;

-- name: keep_version(message_id)!
-- The text so far, before it is replaced.
INSERT INTO message_versions (message_id, version, content, change, edited_at)
SELECT m.id, m.version, m.content, m.change, m.edited_at FROM messages m WHERE m.id = :message_id;

-- name: replace_content(message_id, conversation_id, content)!
WITH moved AS (
    UPDATE conversations SET last_change = last_change + 1, updated_at = clock_timestamp() WHERE id = :conversation_id
    RETURNING last_change
)
UPDATE messages m
SET content = :content, version = m.version + 1, change = moved.last_change, edited_at = clock_timestamp()
FROM moved WHERE m.id = :message_id;

-- name: make_tombstone(message_id, conversation_id, content)!
WITH moved AS (
    UPDATE conversations SET last_change = last_change + 1, message_count = message_count - 1, updated_at = clock_timestamp()
    WHERE id = :conversation_id RETURNING last_change
)
UPDATE messages m
SET content = :content, version = m.version + 1, change = moved.last_change, deleted_at = clock_timestamp()
FROM moved WHERE m.id = :message_id;

-- name: uncount_unread(conversation_id, seq, sender_id)!
-- A deleted message is unread by nobody.
UPDATE participants SET unread = unread - 1
WHERE conversation_id = :conversation_id AND user_id <> :sender_id AND read_seq < :seq;
