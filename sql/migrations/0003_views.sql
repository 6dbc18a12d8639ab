-- What a message and a conversation look like to a reader, each said once.

-- `delivered_at` and `read_at` follow the least advanced of the other current participants; NULL until all have it.
CREATE VIEW message_rows AS
SELECT m.id, m.conversation_id, m.seq, m.change, m.client_message_id, m.sender_id,
       u.first_name || ' ' || u.last_name AS sender_name, u.role AS sender_role,
       m.type, m.content, m.message_key, m.version, m.is_urgent, m.requires_response, m.action, m.reply_to_id,
       c.context_type, c.context_id, c.key_id, c.data_key, m.sent_at, m.edited_at, m.deleted_at,
       CASE WHEN others.delivered THEN others.delivered_at END AS delivered_at,
       CASE WHEN others.read THEN others.read_at END AS read_at
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

-- One row for each conversation and each of its current participants: the conversation as that viewer sees it.
CREATE VIEW conversation_rows AS
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
       EXISTS (SELECT FROM messages m
        WHERE m.conversation_id = c.id AND m.requires_response AND m.deleted_at IS NULL AND m.sender_id <> me.user_id
          AND NOT EXISTS (SELECT FROM messages a
                          WHERE a.conversation_id = c.id AND a.seq > m.seq AND a.sender_id = me.user_id AND a.deleted_at IS NULL)
       ) AS awaiting_reply,
       c.message_count, c.last_seq, c.last_change, c.created_at, c.updated_at, reply_obstacle(c) AS obstacle
FROM participants me
JOIN conversations c ON c.id = me.conversation_id
JOIN users o ON o.id = CASE WHEN me.user_id = c.first_user_id THEN c.second_user_id ELSE c.first_user_id END
LEFT JOIN messages l ON l.conversation_id = c.id AND l.seq = c.last_seq
WHERE me.left_at IS NULL;
