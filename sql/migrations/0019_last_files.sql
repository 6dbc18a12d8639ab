-- The list of conversations says that the last message has files, and what they are: it may be all that there is of it.

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
       x.title_key AS context_title_key, x.key_id AS context_key_id, x.data_key AS context_data_key,
       -- [how many, what they all are]; NULL: none.
       CASE WHEN l.deleted_at IS NULL THEN (
           SELECT json_build_array(count(*), CASE WHEN bool_and(a.media_type LIKE 'image/%') THEN 'image'
                                                  WHEN bool_and(a.media_type LIKE 'audio/%') THEN 'voice' ELSE 'file' END)
           FROM attachments a WHERE a.message_id = l.id HAVING count(*) > 0)
       END AS last_files
FROM participants me
JOIN conversation_states c ON c.id = me.conversation_id
LEFT JOIN users o ON o.id = CASE WHEN me.user_id = c.first_user_id THEN c.second_user_id ELSE c.first_user_id END
LEFT JOIN contexts x ON x.type = c.context_type AND x.external_id = c.context_id
LEFT JOIN messages l ON l.conversation_id = c.id AND l.seq = c.last_seq
WHERE me.left_at IS NULL;
