-- What waits: messages for a decision, notifications for their way outside. Each row is taken by one node at a time.

-- name: start_looking()!
INSERT INTO notification_cursor DEFAULT VALUES ON CONFLICT DO NOTHING;

-- name: await_unread(limit, up_to_id, settle, delay, oldest)^
-- Looks at the next messages by their id, which costs a send nothing. Ids are given before they are committed: up to `up_to_id`
-- all are there. Those younger than `settle` seconds wait: who looks at them reads them in that time. What nobody has read yet
-- gets a decision. No row: another node is at it.
WITH cursor AS MATERIALIZED (
    SELECT message_id FROM notification_cursor FOR UPDATE SKIP LOCKED
), fresh AS MATERIALIZED (
    -- Scalar subqueries: nothing is known of the size of a table with one row, and a high guess would have this compiled.
    SELECT k.id, k.conversation_id, k.seq, k.sender_id, k.is_urgent, k.sent_at, k.deleted_at
    FROM messages k WHERE k.id > (SELECT message_id FROM cursor LIMIT 1) AND k.id <= :up_to_id ORDER BY k.id LIMIT :limit
), bound AS MATERIALIZED (
    SELECT COALESCE((SELECT min(id) - 1 FROM fresh WHERE sent_at > clock_timestamp() - make_interval(secs => :settle)),
                    (SELECT max(id) FROM fresh)) AS id
), said AS (
    SELECT f.conversation_id, f.sender_id, max(f.seq) AS seq, min(f.sent_at) AS since, bool_or(f.is_urgent) AS urgent
    FROM fresh f
    WHERE f.id <= (SELECT id FROM bound) AND f.sender_id IS NOT NULL AND f.deleted_at IS NULL
      AND f.sent_at > clock_timestamp() - make_interval(secs => :oldest)
    GROUP BY f.conversation_id, f.sender_id
), awaiting AS (
    INSERT INTO notification_decisions AS d (conversation_id, user_id, seq, since, due_at)
    SELECT s.conversation_id, p.user_id, max(s.seq), min(s.since),
           min(s.since) + CASE WHEN bool_or(s.urgent) THEN interval '0' ELSE make_interval(secs => :delay) END
    FROM said s JOIN participants p
        ON p.conversation_id = s.conversation_id AND p.user_id <> s.sender_id AND p.left_at IS NULL AND p.read_seq < s.seq
    GROUP BY s.conversation_id, p.user_id ORDER BY s.conversation_id, p.user_id
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET due_at = EXCLUDED.due_at WHERE EXCLUDED.due_at < d.due_at
), moved AS (
    UPDATE notification_cursor c SET message_id = bound.id FROM bound WHERE bound.id > c.message_id
)
SELECT (SELECT count(*) FROM fresh f WHERE f.id <= (SELECT id FROM bound)) AS seen FROM cursor LIMIT 1;

-- name: take_decisions(limit, kinds)
-- `seq` NULL: nothing is unread any more. `overtaken`: what the decision was about was read, something younger was not.
SELECT d.conversation_id, d.user_id, d.since, unread.seq, p.unread AS count, unread.sent_at, p.read_seq >= d.seq AS overtaken,
       p.delivered_seq >= d.seq AS delivered, p.muted, COALESCE(f.urgent_always, true) AS urgent_always,
       urgent.count AS urgent_count, urgent.seq AS urgent_seq
FROM notification_decisions d
JOIN participants p ON p.conversation_id = d.conversation_id AND p.user_id = d.user_id
LEFT JOIN notification_preferences f ON f.user_id = d.user_id
LEFT JOIN LATERAL (
    SELECT m.seq, m.sent_at FROM messages m JOIN conversations c ON c.id = m.conversation_id AND c.kind = ANY (:kinds)
    WHERE m.conversation_id = d.conversation_id AND m.seq > p.read_seq AND m.sender_id <> d.user_id AND m.deleted_at IS NULL
      AND p.left_at IS NULL
    ORDER BY m.seq DESC LIMIT 1
) unread ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS count, max(m.seq) AS seq FROM messages m
    WHERE m.conversation_id = d.conversation_id AND m.seq > p.read_seq AND m.is_urgent AND m.deleted_at IS NULL
      AND m.sender_id <> d.user_id
) urgent ON true
WHERE d.due_at <= clock_timestamp()
ORDER BY d.due_at LIMIT :limit FOR UPDATE OF d SKIP LOCKED;

-- name: drop_decisions(conversation_ids, user_ids)!
DELETE FROM notification_decisions d
USING unnest(:conversation_ids::bigint[], :user_ids::bigint[]) AS done (conversation_id, user_id)
WHERE d.conversation_id = done.conversation_id AND d.user_id = done.user_id;

-- name: put_off_decisions(conversation_ids, user_ids, seqs, sinces, dues)!
UPDATE notification_decisions d SET seq = COALESCE(later.seq, d.seq), since = later.since, due_at = later.due
FROM unnest(:conversation_ids::bigint[], :user_ids::bigint[], :seqs::bigint[], :sinces::timestamptz[], :dues::timestamptz[])
    AS later (conversation_id, user_id, seq, since, due)
WHERE d.conversation_id = later.conversation_id AND d.user_id = later.user_id;

-- name: plan_deliveries(ids, push, email, delay, email_delay, hushed_kinds)!
-- What was decided late goes now, other kinds wait as long as a message would; e-mail waits for more to come. A muted
-- conversation stays silent but for what nobody may hush.
INSERT INTO notification_deliveries AS d (user_id, channel, subscription_id, from_id, to_id, due_at)
SELECT n.user_id, way.channel, way.subscription_id, min(n.id), max(n.id),
       min(clock_timestamp() + make_interval(secs => CASE
           WHEN n.kind = 'urgent' THEN 0
           WHEN way.channel = 'email' THEN :email_delay
           WHEN n.up_to_seq IS NULL THEN :delay
           ELSE 0 END))
FROM notifications n
JOIN users u ON u.id = n.user_id AND u.disabled_at IS NULL
LEFT JOIN notification_preferences f ON f.user_id = n.user_id
LEFT JOIN participants p ON p.conversation_id = n.conversation_id AND p.user_id = n.user_id
CROSS JOIN LATERAL (
    SELECT 'push' AS channel, s.id AS subscription_id FROM push_subscriptions s
    WHERE :push AND s.user_id = n.user_id AND COALESCE(f.push, true)
    UNION ALL
    SELECT 'email', 0 WHERE :email AND u.email IS NOT NULL AND COALESCE(f.email, true)
) way
WHERE n.id = ANY (:ids::bigint[]) AND NOT n.kind = ANY (COALESCE(f.silent_kinds, '{}'))
  AND NOT (COALESCE(p.muted, false) AND n.kind = ANY (:hushed_kinds))
GROUP BY n.user_id, way.channel, way.subscription_id
ORDER BY n.user_id, way.channel, way.subscription_id
ON CONFLICT (user_id, channel, subscription_id)
DO UPDATE SET to_id = GREATEST(d.to_id, EXCLUDED.to_id), due_at = LEAST(d.due_at, EXCLUDED.due_at);

-- name: claim_deliveries(limit, lease, kinds)
-- Taken for `lease` seconds; who dies meanwhile leaves them to the others. `pending`: what is still unread of it.
WITH due AS (
    SELECT user_id, channel, subscription_id FROM notification_deliveries
    WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE notification_deliveries d SET due_at = clock_timestamp() + make_interval(secs => :lease), attempts = d.attempts + 1
    FROM due WHERE d.user_id = due.user_id AND d.channel = due.channel AND d.subscription_id = due.subscription_id
    RETURNING d.user_id, d.channel, d.subscription_id, d.to_id, d.attempts, d.from_id
)
SELECT c.user_id, c.channel, c.subscription_id, c.to_id, c.attempts,
       CASE c.channel WHEN 'email' THEN u.disabled_at IS NULL AND u.email IS NOT NULL AND COALESCE(f.email, true)
                      ELSE u.disabled_at IS NULL AND s.id IS NOT NULL AND COALESCE(f.push, true) END AS wanted,
       u.email, s.sealed, f.language, COALESCE(f.urgent_always, true) AS urgent_always, f.quiet_from, f.quiet_to, f.time_zone,
       open.pending, open.urgent, open.delivered, open.since, open.id AS notification_id, open.kind
FROM claimed c
JOIN users u ON u.id = c.user_id
LEFT JOIN notification_preferences f ON f.user_id = c.user_id
LEFT JOIN push_subscriptions s ON s.id = c.subscription_id AND s.user_id = c.user_id AND (s.session_id IS NULL OR EXISTS (
    SELECT FROM sessions t WHERE t.id = s.session_id AND t.ended_at IS NULL AND t.expires_at > clock_timestamp()))
LEFT JOIN LATERAL (
    SELECT count(*) AS pending, COALESCE(bool_or(n.kind = 'urgent'), false) AS urgent, COALESCE(bool_and(n.delivered), true) AS delivered,
           max(n.since) AS since, max(n.id) AS id, (array_agg(n.kind ORDER BY n.id DESC))[1] AS kind
    FROM notification_rows n
    WHERE n.user_id = c.user_id AND n.id BETWEEN c.from_id AND c.to_id AND NOT n.read
      AND NOT n.kind = ANY (COALESCE(f.silent_kinds, '{}'))
      AND (n.conversation_kind IS NULL OR n.conversation_kind = ANY (:kinds))
) open ON true;

-- name: finish_delivery(user_id, channel, subscription_id, to_id)!
-- What came while it was being sent stays.
WITH rest AS (
    UPDATE notification_deliveries SET from_id = :to_id + 1, attempts = 0,
           due_at = CASE channel WHEN 'email' THEN due_at ELSE clock_timestamp() END
    WHERE user_id = :user_id AND channel = :channel AND subscription_id = :subscription_id AND to_id > :to_id
)
DELETE FROM notification_deliveries
WHERE user_id = :user_id AND channel = :channel AND subscription_id = :subscription_id AND to_id <= :to_id;

-- name: put_off_delivery(user_id, channel, subscription_id, to_id, due_at, attempts)!
-- Unless something came meanwhile that may not have to wait.
UPDATE notification_deliveries
SET due_at = CASE WHEN to_id > :to_id THEN clock_timestamp() ELSE :due_at::timestamptz END, attempts = :attempts
WHERE user_id = :user_id AND channel = :channel AND subscription_id = :subscription_id;
