-- Watermarks and what is unread.

-- name: move_marks(conversation_id, user_id, kind, up_to)^
-- See sql/migrations/0004_move_marks.sql. No row: not a participant.
SELECT * FROM move_marks(:conversation_id, :user_id, :kind, :up_to::bigint);

-- name: unread_total(user_id, kinds)$
SELECT COALESCE(sum(p.unread), 0)::bigint
FROM participants p JOIN conversations c ON c.id = p.conversation_id
WHERE p.user_id = :user_id AND p.left_at IS NULL AND c.kind = ANY (:kinds);

-- name: unread_totals(user_ids, kinds)
SELECT asked.user_id, COALESCE(sum(p.unread) FILTER (WHERE c.kind = ANY (:kinds)), 0)::bigint AS unread
FROM unnest(:user_ids::bigint[]) AS asked (user_id)
LEFT JOIN participants p ON p.user_id = asked.user_id AND p.left_at IS NULL
LEFT JOIN conversations c ON c.id = p.conversation_id
GROUP BY asked.user_id;
