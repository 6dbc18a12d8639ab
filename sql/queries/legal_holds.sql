-- Legal holds: what may not be shredded, erased or changed, and who said so.

-- name: place_hold(conversation_id, user_id, reason, placed_by)^
-- Raises a foreign key error for what does not exist.
INSERT INTO legal_holds (conversation_id, user_id, reason, placed_by)
VALUES (:conversation_id, :user_id, :reason, :placed_by)
RETURNING id, conversation_id, user_id, reason, placed_by, placed_at, release_reason, released_by, released_at;

-- name: release_hold(hold_id, reason, released_by)^
-- No row: there is none, or it was released already.
UPDATE legal_holds SET release_reason = :reason, released_by = :released_by, released_at = clock_timestamp()
WHERE id = :hold_id AND released_at IS NULL
RETURNING id, conversation_id, user_id, reason, placed_by, placed_at, release_reason, released_by, released_at;

-- name: list_holds(before_id, with_released, limit)
SELECT h.id, h.conversation_id, h.user_id, h.reason, h.placed_by, h.placed_at, h.release_reason, h.released_by, h.released_at
FROM legal_holds h
WHERE (:before_id::bigint IS NULL OR h.id < :before_id) AND (:with_released OR h.released_at IS NULL)
ORDER BY h.id DESC LIMIT :limit;
