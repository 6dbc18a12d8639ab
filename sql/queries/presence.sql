-- Presence is shared between people with a conversation in which they could write now.

-- name: list_visible_people(viewer_id, user_ids, kinds)
SELECT u.id AS user_id, u.last_seen_at FROM users u
WHERE u.id = ANY (:user_ids::bigint[]) AND u.id <> :viewer_id AND EXISTS (
    SELECT FROM participants me
    JOIN participants other ON other.conversation_id = me.conversation_id AND other.user_id = u.id AND other.left_at IS NULL
    JOIN conversation_states c ON c.id = me.conversation_id
    WHERE me.user_id = :viewer_id AND me.left_at IS NULL AND c.kind = ANY (:kinds) AND c.obstacle IS NULL)
ORDER BY u.id;

-- name: list_presence_partners(user_id, kinds)
SELECT DISTINCT other.user_id
FROM participants me
JOIN participants other ON other.conversation_id = me.conversation_id AND other.user_id <> me.user_id AND other.left_at IS NULL
JOIN conversation_states c ON c.id = me.conversation_id
WHERE me.user_id = :user_id AND me.left_at IS NULL AND c.kind = ANY (:kinds) AND c.obstacle IS NULL;

-- name: list_presence_conversations(user_ids, kinds)
SELECT me.user_id, c.id AS conversation_id
FROM participants me JOIN conversation_states c ON c.id = me.conversation_id
WHERE me.user_id = ANY (:user_ids::bigint[]) AND me.left_at IS NULL AND c.kind = ANY (:kinds) AND c.obstacle IS NULL;

-- name: list_hidden_pairs(watcher_ids, watched_ids, kinds)
-- For sockets that asked for somebody's presence and may no longer have it.
SELECT asked.watcher_id, asked.watched_id
FROM unnest(:watcher_ids::bigint[], :watched_ids::bigint[]) AS asked (watcher_id, watched_id)
WHERE NOT EXISTS (
    SELECT FROM participants me
    JOIN participants other ON other.conversation_id = me.conversation_id AND other.user_id = asked.watched_id AND other.left_at IS NULL
    JOIN conversation_states c ON c.id = me.conversation_id
    WHERE me.user_id = asked.watcher_id AND me.left_at IS NULL AND c.kind = ANY (:kinds) AND c.obstacle IS NULL);

-- name: remember_last_seen(user_ids, moments)!
-- GREATEST, because nodes may write in any order.
UPDATE users u SET last_seen_at = GREATEST(u.last_seen_at, seen.moment)
FROM (
    SELECT locked.id, asked.moment
    FROM unnest(:user_ids::bigint[], :moments::timestamptz[]) AS asked (user_id, moment)
    JOIN users locked ON locked.id = asked.user_id ORDER BY locked.id FOR NO KEY UPDATE OF locked
) seen
WHERE u.id = seen.id;
