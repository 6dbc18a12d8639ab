-- Notifications as their readers see them, and how they come to be.

-- name: list_notifications(user_id, kinds, unread, before, limit)
-- Latest first; keyset on the id.
SELECT n.id, n.user_id, n.kind, n.conversation_id, n.subject_type, n.subject_id, n.actor_id, n.actor_name, n.count, n.since,
       n.created_at, n.read, n.read_at
FROM notification_rows n
WHERE n.user_id = :user_id AND (n.conversation_kind IS NULL OR n.conversation_kind = ANY (:kinds))
  AND (:before::bigint IS NULL OR n.id < :before::bigint) AND (NOT :unread::boolean OR NOT n.read)
ORDER BY n.id DESC LIMIT :limit;

-- name: list_notifications_by_id(user_id, ids, kinds)
SELECT n.id, n.user_id, n.kind, n.conversation_id, n.subject_type, n.subject_id, n.actor_id, n.actor_name, n.count, n.since,
       n.created_at, n.read, n.read_at
FROM notification_rows n
WHERE n.user_id = :user_id AND n.id = ANY (:ids::bigint[]) AND (n.conversation_kind IS NULL OR n.conversation_kind = ANY (:kinds))
ORDER BY n.id;

-- name: set_notification_read(notification_id, user_id, read)!
-- 0 rows: not this user's. One that more messages have made anew meanwhile stays read.
UPDATE notifications n SET read_at = CASE WHEN :read::boolean THEN COALESCE(n.read_at, clock_timestamp()) END
WHERE n.id = :notification_id AND n.user_id = :user_id
  AND (:read::boolean OR n.up_to_seq IS NULL OR NOT EXISTS (
      SELECT FROM notifications o
      WHERE o.user_id = n.user_id AND o.conversation_id = n.conversation_id AND o.kind = n.kind AND o.read_at IS NULL AND o.id <> n.id));

-- name: close_read_notifications(conversation_ids, user_ids)!
-- Their messages were read: what comes now is a new notification.
UPDATE notifications n SET read_at = clock_timestamp()
FROM unnest(:conversation_ids::bigint[], :user_ids::bigint[]) AS asked (conversation_id, user_id)
JOIN participants p ON p.conversation_id = asked.conversation_id AND p.user_id = asked.user_id
WHERE n.user_id = asked.user_id AND n.conversation_id = asked.conversation_id AND n.read_at IS NULL AND n.up_to_seq <= p.read_seq;

-- name: insert_notifications(user_ids, kinds, conversation_ids, up_to_seqs, counts, subject_types, subject_ids, actor_ids, sinces)
-- `fresh` false: there was one that its reader has not read yet, and it stands for more now. No such user: no row.
INSERT INTO notifications AS n (user_id, kind, conversation_id, up_to_seq, count, subject_type, subject_id, actor_id, since)
SELECT i.user_id, i.kind, i.conversation_id, i.up_to_seq, i.count, i.subject_type, i.subject_id, i.actor_id,
       COALESCE(i.since, clock_timestamp())
FROM unnest(:user_ids::bigint[], :kinds::text[], :conversation_ids::bigint[], :up_to_seqs::bigint[], :counts::bigint[],
            :subject_types::text[], :subject_ids::text[], :actor_ids::bigint[], :sinces::timestamptz[])
    WITH ORDINALITY AS i (user_id, kind, conversation_id, up_to_seq, count, subject_type, subject_id, actor_id, since, n)
JOIN users u ON u.id = i.user_id
ORDER BY i.n
ON CONFLICT (user_id, conversation_id, kind) WHERE read_at IS NULL AND up_to_seq IS NOT NULL
DO UPDATE SET up_to_seq = EXCLUDED.up_to_seq, count = EXCLUDED.count
RETURNING n.id, n.user_id, (xmax = 0) AS fresh;

-- name: any_of_notifications(ids)$
SELECT EXISTS (SELECT FROM notifications WHERE id = ANY (:ids::bigint[]));

-- name: delete_old_notifications(days, limit)!
DELETE FROM notifications WHERE id IN (
    SELECT o.id FROM notifications o WHERE o.created_at < clock_timestamp() - make_interval(days => :days)
    ORDER BY o.created_at LIMIT :limit FOR UPDATE SKIP LOCKED);

-- name: find_preferences(user_id)^
SELECT push, email, silent_kinds, urgent_always, quiet_from, quiet_to, time_zone, language
FROM notification_preferences WHERE user_id = :user_id;

-- name: save_preferences(user_id, push, email, silent_kinds, urgent_always, quiet_from, quiet_to, time_zone, language)!
INSERT INTO notification_preferences (user_id, push, email, silent_kinds, urgent_always, quiet_from, quiet_to, time_zone, language)
VALUES (:user_id, :push, :email, :silent_kinds::text[], :urgent_always, :quiet_from, :quiet_to, :time_zone, :language)
ON CONFLICT (user_id) DO UPDATE
SET push = EXCLUDED.push, email = EXCLUDED.email, silent_kinds = EXCLUDED.silent_kinds, urgent_always = EXCLUDED.urgent_always,
    quiet_from = EXCLUDED.quiet_from, quiet_to = EXCLUDED.quiet_to, time_zone = EXCLUDED.time_zone, language = EXCLUDED.language;
