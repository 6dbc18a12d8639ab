-- Reactions to messages, and replies that show what they answer. A message without either costs nothing more to read. See ADR 0033.

-- One row for a person and a message: all their emojis, sealed as texts are. How many there are is judged under the conversation's lock.
CREATE TABLE message_reactions (
    message_id bigint NOT NULL CONSTRAINT message_reactions_message_fkey REFERENCES messages (id),
    user_id bigint NOT NULL CONSTRAINT message_reactions_user_fkey REFERENCES users,
    content bytea NOT NULL,
    CONSTRAINT message_reactions_pkey PRIMARY KEY (message_id, user_id)
);
COMMENT ON TABLE message_reactions IS 'What people feel about a message. Follows their clicks: who took which back when stands in audit.';

-- The change of the conversation at which reactions last moved. Not messages.change: that one is part of what the trail has sealed.
ALTER TABLE messages ADD COLUMN reacted_change bigint;

-- Who comes back asks for what was changed; to a client an edit and a reaction are one row of counters.
DROP INDEX messages_changed;
CREATE INDEX messages_changed ON messages (conversation_id, GREATEST(change, reacted_change))
    WHERE edited_at IS NOT NULL OR deleted_at IS NOT NULL OR reacted_change IS NOT NULL;

CREATE OR REPLACE VIEW message_rows_without_files AS
SELECT m.id, m.conversation_id, m.seq, GREATEST(m.change, m.reacted_change) AS change, m.client_message_id, m.sender_id,
       u.first_name || ' ' || u.last_name AS sender_name, u.role AS sender_role,
       m.type, m.content, m.message_key, m.version, m.is_urgent, m.requires_response, m.action, m.reply_to_id,
       c.context_type, c.context_id, c.key_id, c.data_key, m.sent_at, m.edited_at, m.deleted_at,
       CASE WHEN others.delivered THEN others.delivered_at END AS delivered_at,
       CASE WHEN others.read THEN others.read_at END AS read_at,
       m.context_version, m.reacted_change
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

-- What a reply answers, as it is now: [seq, sender, the sender's name, type, sealed text, its key, its version, is it deleted].
CREATE VIEW quoted_messages AS
SELECT q.id, q.conversation_id,
       json_build_array(q.seq, q.sender_id, u.first_name || ' ' || u.last_name, q.type, encode(q.content, 'base64'), q.message_key,
                        q.version, q.deleted_at IS NOT NULL) AS quoted
FROM messages q LEFT JOIN users u ON u.id = q.sender_id;

-- `reactions`: each [user, sealed emojis]; NULL where nobody ever reacted.
CREATE OR REPLACE VIEW message_rows AS
SELECT m.id, m.conversation_id, m.seq, m.change, m.client_message_id, m.sender_id, m.sender_name, m.sender_role, m.type, m.content,
       m.message_key, m.version, m.is_urgent, m.requires_response, m.action, m.reply_to_id, m.context_type, m.context_id, m.key_id,
       m.data_key, m.sent_at, m.edited_at, m.deleted_at, m.delivered_at, m.read_at, m.context_version,
       (SELECT json_agg(json_build_array(a.id, a.token, encode(a.name, 'base64'), a.media_type, a.size, a.width, a.height,
                                         a.thumbnail_size IS NOT NULL) ORDER BY a.position)
        FROM attachments a WHERE a.message_id = m.id) AS attachments,
       m.reacted_change,
       CASE WHEN m.reacted_change IS NOT NULL THEN (
           SELECT json_agg(json_build_array(r.user_id, encode(r.content, 'base64')))
           FROM message_reactions r WHERE r.message_id = m.id) END AS reactions,
       CASE WHEN m.reply_to_id IS NOT NULL THEN (
           SELECT q.quoted FROM quoted_messages q
           WHERE q.id = m.reply_to_id AND q.conversation_id = m.conversation_id) END AS quoted
FROM message_rows_without_files m;
