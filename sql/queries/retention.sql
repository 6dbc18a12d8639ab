-- What has been silent for long, what must be kept nevertheless, and the end of what need not. Walks are by id, a window at a time:
-- an index on the time of the last message would have to be changed by every send.

-- name: archive_silent(after_id, window, days)
-- For all participants. `silence` counts from the last thing that happened, so that a reopening holds for as long. Rows that are
-- locked are being written to: they are not silent.
WITH looked AS MATERIALIZED (
    SELECT c.id, c.status, c.updated_at FROM conversations c WHERE c.id > :after_id ORDER BY c.id LIMIT :window
), silent AS MATERIALIZED (
    SELECT c.id FROM conversations c JOIN looked ON looked.id = c.id
    WHERE looked.status = 'active' AND looked.updated_at < clock_timestamp() - make_interval(days => :days)
      AND c.status = 'active' AND c.updated_at < clock_timestamp() - make_interval(days => :days)
    ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
), archived AS (
    UPDATE conversations c SET status = 'archived', updated_at = clock_timestamp() FROM silent WHERE c.id = silent.id
    RETURNING c.id
)
SELECT looked.id, archived.id IS NOT NULL AS archived
FROM looked LEFT JOIN archived ON archived.id = looked.id
WHERE archived.id IS NOT NULL OR looked.id = (SELECT max(l.id) FROM looked l)
ORDER BY looked.id;

-- name: list_ended(after_id, window, kinds, days)
-- Whose retention has ended, by the days of each kind, and the last conversation that was looked at (`ended` false if it is none of
-- them).
WITH looked AS MATERIALIZED (
    SELECT c.* FROM conversations c WHERE c.id > :after_id ORDER BY c.id LIMIT :window
), judged AS (
    SELECT looked.id, looked.kind, looked.message_count, COALESCE(looked.last_message_at, looked.created_at) AS silent_since,
           rule.days IS NOT NULL AND looked.shredded_at IS NULL
           AND COALESCE(looked.last_message_at, looked.created_at) < clock_timestamp() - make_interval(days => rule.days) AS ended
    FROM looked LEFT JOIN unnest(:kinds::text[], :days::integer[]) AS rule (kind, days) ON rule.kind = looked.kind
)
SELECT judged.*, EXISTS (SELECT FROM held_conversations h WHERE h.id = judged.id) AS held
FROM judged WHERE judged.ended OR judged.id = (SELECT max(l.id) FROM looked l)
ORDER BY judged.id;

-- name: shred_conversation(conversation_id, days)$
-- See sql/migrations/0008_keys_and_retention.sql.
SELECT shred_conversation(:conversation_id, clock_timestamp() - make_interval(days => :days));

-- name: list_to_empty(limit)
-- Shredded, with rows that still hold what nobody can read.
SELECT c.id FROM conversations c WHERE c.shredded_at IS NOT NULL AND c.emptied_at IS NULL ORDER BY c.id LIMIT :limit;

-- name: empty_conversation(conversation_id, after_seq, most)$
SELECT empty_conversation(:conversation_id, :after_seq, :most);
