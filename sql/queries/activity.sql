-- Statistics of one person and figures of all, from what count_activity() counted (sql/migrations/0013_activity.sql).

-- name: count_activity(settle_seconds, most)
-- No row: another node is counting.
SELECT a.looked_at, a.step, a.replies FROM count_activity(clock_timestamp() - make_interval(secs => :settle_seconds), :most) AS a;

-- name: find_activity(user_id, days)^
-- No row: nobody. A period of one day is today, so far.
SELECT u.role, today.day - :days::integer + 1 AS first_day, today.day AS last_day,
       COALESCE(counted.sent, 0)::bigint AS sent, COALESCE(counted.received, 0)::bigint AS received,
       NULLIF((SELECT p.counted_until FROM activity_position p), '-infinity') AS counted_until
FROM users u
CROSS JOIN (SELECT (now() AT TIME ZONE 'UTC')::date AS day) today
LEFT JOIN LATERAL (
    SELECT sum(a.sent) AS sent, sum(a.received) AS received FROM activity_days a
    WHERE a.user_id = u.id AND a.day > today.day - :days::integer
) counted ON true
WHERE u.id = :user_id;

-- name: list_reply_steps(user_id, days)
SELECT a.step, sum(a.replies)::bigint AS tally FROM activity_replies a
WHERE a.user_id = :user_id AND a.day > (now() AT TIME ZONE 'UTC')::date - :days::integer
GROUP BY a.step ORDER BY a.step;

-- name: list_conversation_states(user_id, kinds)
SELECT CASE WHEN c.status = 'active' AND me.archived_at IS NOT NULL THEN 'archived' ELSE c.status END AS status,
       count(*) AS tally, count(*) FILTER (WHERE me.unread > 0) AS unread
FROM participants me JOIN conversations c ON c.id = me.conversation_id
WHERE me.user_id = :user_id AND me.left_at IS NULL AND c.kind = ANY (:kinds)
GROUP BY 1;

-- name: list_activity_tallies()
-- `step` of last_day becomes days ago: people who wrote last so long ago.
SELECT t.kind, CASE t.kind WHEN 'last_day' THEN (now() AT TIME ZONE 'UTC')::date - date '2000-01-01' - t.step ELSE t.step END AS step, t.tally
FROM activity_tallies t
WHERE t.tally > 0 AND (t.kind <> 'last_day' OR t.step > (now() AT TIME ZONE 'UTC')::date - date '2000-01-01' - 31);
