-- Exports of conversations: asked for, made by one node at a time, given out for a while.

-- name: ask_for_export(conversation_id, user_id, format, up_to_seq, token)$
-- One that is under way already is the answer, whatever was said since.
INSERT INTO exports (conversation_id, user_id, format, up_to_seq, token)
VALUES (:conversation_id, :user_id, :format, :up_to_seq, :token)
ON CONFLICT (conversation_id, user_id, format) WHERE state IN ('queued', 'running') DO UPDATE SET user_id = EXCLUDED.user_id
RETURNING id;

-- name: find_export(export_id, user_id)^
-- Its own alone, and only while they take part in the conversation. What was shredded is over, whatever its row says yet.
SELECT e.id, e.conversation_id, e.user_id, e.format,
       CASE WHEN e.expires_at < now() OR (e.state = 'ready' AND c.shredded_at IS NOT NULL) THEN 'expired' ELSE e.state END AS state,
       e.up_to_seq, e.done, e.token, e.sealed, e.size, e.created_at, e.finished_at, e.expires_at, c.key_id, c.data_key
FROM exports e
JOIN conversations c ON c.id = e.conversation_id
JOIN participants p ON p.conversation_id = e.conversation_id AND p.user_id = e.user_id AND p.left_at IS NULL
WHERE e.id = :export_id AND e.user_id = :user_id;

-- name: take_export(owner, token, seconds, attempts)^
-- The oldest that nobody makes, or whose maker went silent. Those tried too often are no longer here.
-- Each try has a place of its own in the file store, written down here: one that comes late, or never to its end, can spoil nothing.
WITH taken AS (
    UPDATE exports e
    SET state = 'running', owner = :owner, token = :token, lease_until = clock_timestamp() + make_interval(secs => :seconds),
        attempts = e.attempts + 1, done = 0
    WHERE e.id = (
        SELECT x.id FROM exports x
        WHERE (x.state = 'queued' OR (x.state = 'running' AND x.lease_until < clock_timestamp())) AND x.attempts < :attempts
        ORDER BY x.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING e.id, e.conversation_id, e.user_id, e.format, e.up_to_seq, e.token
), tried AS (
    INSERT INTO archive_tries (token, kind) SELECT taken.token, 'export' FROM taken
)
SELECT taken.* FROM taken;

-- name: keep_export(export_id, owner, seconds, done)!
-- No row: another node took it over.
UPDATE exports SET done = :done, lease_until = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :export_id AND owner = :owner AND state = 'running';

-- name: finish_export(export_id, token, sealed, size, seconds)!
-- No row: another try took it over, or the conversation was shredded while it was made. Again by the same try: the same answer.
UPDATE exports
SET state = 'ready', sealed = :sealed, size = :size, owner = NULL, lease_until = NULL, done = up_to_seq,
    finished_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :export_id AND token = :token AND state IN ('running', 'ready')
  AND EXISTS (SELECT FROM conversations c WHERE c.id = conversation_id AND c.shredded_at IS NULL);

-- name: give_back_export(export_id, owner, final)!
-- It failed: for good, or to be tried again.
UPDATE exports
SET state = CASE WHEN :final THEN 'failed' ELSE 'queued' END, owner = NULL, lease_until = NULL,
    finished_at = CASE WHEN :final THEN clock_timestamp() END
WHERE id = :export_id AND owner = :owner AND state = 'running';

-- name: fail_exports(attempts)
-- Those that were tried often enough.
UPDATE exports SET state = 'failed', owner = NULL, lease_until = NULL, finished_at = clock_timestamp()
WHERE (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp())) AND attempts >= :attempts
RETURNING id, conversation_id, user_id, format, token;

-- name: list_stale_exports(limit)
SELECT e.id, e.conversation_id, e.user_id, e.format, e.token FROM exports e
WHERE e.state = 'ready' AND e.expires_at < now() ORDER BY e.expires_at LIMIT :limit;

-- name: expire_export(export_id)!
UPDATE exports SET state = 'expired', sealed = NULL WHERE id = :export_id AND state = 'ready' AND expires_at < now();

-- name: open_exports_of(conversation_id)
-- Those that have, or will have, a file.
SELECT e.id, e.conversation_id, e.user_id, e.format, e.token FROM exports e
WHERE e.conversation_id = :conversation_id AND e.state IN ('queued', 'running', 'ready');

-- name: end_exports_of(conversation_id)
-- For what was shredded: nothing of it is given out or made any more.
UPDATE exports
SET state = CASE WHEN state = 'ready' THEN 'expired' ELSE 'failed' END, sealed = NULL, owner = NULL, lease_until = NULL,
    finished_at = COALESCE(finished_at, clock_timestamp())
WHERE conversation_id = :conversation_id AND state IN ('queued', 'running', 'ready')
RETURNING id, conversation_id, user_id, format, token;

-- name: export_head(conversation_id)^
SELECT c.id, c.kind, c.status, c.context_type, c.context_id, c.created_at FROM conversations c WHERE c.id = :conversation_id;

-- name: list_receipts(conversation_id, after_seq, up_to_seq)
-- Who of the others had each message when; those who left since included.
SELECT m.seq, p.user_id,
       (SELECT k.at FROM marks k WHERE k.conversation_id = p.conversation_id AND k.user_id = p.user_id AND k.kind = 'delivered'
          AND k.up_to_seq >= m.seq ORDER BY k.up_to_seq LIMIT 1) AS delivered_at,
       (SELECT k.at FROM marks k WHERE k.conversation_id = p.conversation_id AND k.user_id = p.user_id AND k.kind = 'read'
          AND k.up_to_seq >= m.seq ORDER BY k.up_to_seq LIMIT 1) AS read_at
FROM messages m
JOIN participants p ON p.conversation_id = m.conversation_id AND p.user_id IS DISTINCT FROM m.sender_id
WHERE m.conversation_id = :conversation_id AND m.seq > :after_seq AND m.seq <= :up_to_seq
ORDER BY m.seq, p.user_id;

-- name: find_context_conversation(context_type, context_id, user_id)$
SELECT c.id FROM conversations c
JOIN participants p ON p.conversation_id = c.id AND p.user_id = :user_id AND p.left_at IS NULL
WHERE c.context_type = :context_type AND c.context_id = :context_id;
