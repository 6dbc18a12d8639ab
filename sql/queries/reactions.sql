-- Reactions. Every change of them is one of the conversation, so that whoever comes back is told.

-- name: find_own_reactions(message_id, user_id, conversation_id)
SELECT c.last_change, r.content
FROM conversations c LEFT JOIN message_reactions r ON r.message_id = :message_id AND r.user_id = :user_id
WHERE c.id = :conversation_id;

-- name: keep_reactions(message_id, user_id, conversation_id, content)!
WITH kept AS (
    INSERT INTO message_reactions (message_id, user_id, content) VALUES (:message_id, :user_id, :content)
    ON CONFLICT (message_id, user_id) DO UPDATE SET content = excluded.content
), moved AS (
    UPDATE conversations SET last_change = last_change + 1, updated_at = clock_timestamp() WHERE id = :conversation_id
    RETURNING last_change
)
UPDATE messages m SET reacted_change = moved.last_change FROM moved WHERE m.id = :message_id;
