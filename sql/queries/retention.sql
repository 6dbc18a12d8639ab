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

-- name: lock_shredded(conversation_id)$
-- Its last change. No row: it was not shredded.
SELECT c.last_change FROM conversations c WHERE c.id = :conversation_id AND c.shredded_at IS NOT NULL FOR NO KEY UPDATE;

-- name: empty_messages(conversation_id, after_seq, most, last_change)$
-- Tombstones of what follows after_seq, made as those of any deletion: what was there goes to the versions, where the trail can still
-- check it and nobody can read it, and `change` moves, so that clients learn of it. NULL: there are no more, it is all done.
WITH batch AS MATERIALIZED (
    SELECT m.id, m.seq, m.version, m.content, m.change, m.edited_at, m.deleted_at IS NULL AS living,
           count(*) FILTER (WHERE m.deleted_at IS NULL) OVER (ORDER BY m.seq) AS k
    FROM messages m WHERE m.conversation_id = :conversation_id AND m.seq > :after_seq ORDER BY m.seq LIMIT :most
), kept AS (
    INSERT INTO message_versions (message_id, version, content, change, edited_at)
    SELECT b.id, b.version, b.content, b.change, b.edited_at FROM batch b WHERE b.living
), emptied AS (
    UPDATE messages m
    SET content = '', version = m.version + 1, change = :last_change + batch.k, deleted_at = clock_timestamp()
    FROM batch WHERE batch.living AND m.conversation_id = :conversation_id AND m.seq = batch.seq
), counted AS MATERIALIZED (
    SELECT max(b.seq) AS last, count(*) FILTER (WHERE b.living) AS buried FROM batch b
), moved AS (
    UPDATE conversations c
    SET last_change = c.last_change + counted.buried, message_count = c.message_count - counted.buried,
        updated_at = clock_timestamp(), emptied_at = CASE WHEN counted.last IS NULL THEN clock_timestamp() END
    FROM counted WHERE c.id = :conversation_id
), unreacted AS (
    UPDATE message_reactions r SET content = '' FROM batch WHERE r.message_id = batch.id
), nothing_unread AS (
    UPDATE participants p SET unread = 0 WHERE p.conversation_id = :conversation_id AND p.unread > 0
)
SELECT counted.last FROM counted;

-- name: list_retention(after_id, window, kinds, days, around, states, most)
-- Those of a window of conversations that are in one of these states, and the last that was looked at, unless `most` come before it:
-- over and `held` or `due`, over within `around` days and not held (`soon`), or `shredded` within as many. Others have none.
WITH looked AS MATERIALIZED (
    SELECT c.id, c.kind, c.message_count, c.created_at, c.last_message_at, c.shredded_at
    FROM conversations c WHERE c.id > :after_id ORDER BY c.id LIMIT :window
), timed AS (
    SELECT looked.id, looked.kind, CASE WHEN looked.shredded_at IS NULL THEN looked.message_count ELSE 0 END AS message_count,
           looked.shredded_at, COALESCE(looked.last_message_at, looked.created_at) AS silent_since,
           COALESCE(looked.last_message_at, looked.created_at) + make_interval(days => rule.days) AS ends_at
    FROM looked LEFT JOIN unnest(:kinds::text[], :days::integer[]) AS rule (kind, days) ON rule.kind = looked.kind
), judged AS (
    SELECT timed.*, CASE
        WHEN timed.shredded_at >= clock_timestamp() - make_interval(days => :around) THEN 'shredded'
        WHEN timed.shredded_at IS NOT NULL OR timed.ends_at IS NULL THEN NULL
        WHEN timed.ends_at >= clock_timestamp() + make_interval(days => :around) THEN NULL
        WHEN EXISTS (SELECT FROM held_conversations h WHERE h.id = timed.id)
            THEN CASE WHEN timed.ends_at < clock_timestamp() THEN 'held' END
        WHEN timed.ends_at < clock_timestamp() THEN 'due'
        ELSE 'soon' END AS state
    FROM timed
)
SELECT judged.id, judged.kind, judged.message_count, judged.silent_since, judged.ends_at, judged.shredded_at, judged.state
FROM judged WHERE judged.state = ANY (:states::text[]) OR judged.id = (SELECT max(l.id) FROM looked l)
ORDER BY judged.id LIMIT :most;
