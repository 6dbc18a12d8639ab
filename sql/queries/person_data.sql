-- Everything about a person, page by page, and what of it goes when they are erased.

-- name: person_sessions(user_id, after_id, limit)
-- Those that are over too.
SELECT s.id, s.created_at, s.last_used_at, s.expires_at, s.ended_at, s.end_reason, s.address, s.device
FROM sessions s WHERE s.user_id = :user_id AND (:after_id::uuid IS NULL OR s.id > :after_id::uuid) ORDER BY s.id LIMIT :limit;

-- name: person_links(user_id, after_id, limit)
SELECT l.id, l.external_id, l.patient_id, l.doctor_id, l.since, l.until FROM care_links l
WHERE (l.patient_id = :user_id OR l.doctor_id = :user_id) AND l.id > :after_id ORDER BY l.id LIMIT :limit;

-- name: person_contexts(user_id, after_id, limit)
SELECT x.id, x.type, x.external_id, x.version, x.patient_id, x.doctor_id, x.title, x.title_key, x.key_id, x.data_key,
       x.closed_at, x.created_at, x.updated_at
FROM contexts x
WHERE (x.patient_id = :user_id OR x.doctor_id = :user_id) AND x.id > :after_id ORDER BY x.id LIMIT :limit;

-- name: person_conversations(user_id, after_id, limit)
-- Those they left too. `own_messages`: whether they wrote any that was not deleted.
SELECT c.id, c.kind, c.last_seq, c.message_count, COALESCE(c.last_message_at, c.created_at) AS silent_since,
       c.shredded_at IS NOT NULL AS shredded, p.left_at IS NOT NULL AS has_left, p.joined_at, p.left_at,
       EXISTS (SELECT FROM held_conversations h WHERE h.id = c.id) AS held,
       EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.sender_id = :user_id AND m.deleted_at IS NULL) AS own_messages
FROM participants p JOIN conversations c ON c.id = p.conversation_id
WHERE p.user_id = :user_id AND p.conversation_id > :after_id ORDER BY p.conversation_id LIMIT :limit;

-- name: person_notifications(user_id, after_id, limit)
SELECT n.id, n.kind, n.conversation_id, n.subject_type, n.subject_id, n.actor_id, n.count, n.since, n.created_at, n.read_at
FROM notifications n WHERE n.user_id = :user_id AND n.id > :after_id ORDER BY n.id LIMIT :limit;

-- name: person_pushes(user_id, after_id, limit)
-- What a browser gave us to reach it stays sealed.
SELECT s.id, s.device, s.created_at FROM push_subscriptions s
WHERE s.user_id = :user_id AND s.id > :after_id ORDER BY s.id LIMIT :limit;

-- name: person_preferences(user_id)^
SELECT p.push, p.email, p.silent_kinds, p.urgent_always, p.quiet_from, p.quiet_to, p.time_zone, p.language
FROM notification_preferences p WHERE p.user_id = :user_id;

-- name: person_mentor_profile(user_id)^
SELECT m.headline, m.bio, m.country, m.specialties, m.languages, m.availability, m.answers_accepted, m.response_seconds,
       m.picture_at, m.updated_at
FROM mentor_profiles m WHERE m.user_id = :user_id;

-- name: person_mentor_picture(user_id)$
SELECT a.content FROM mentor_pictures a WHERE a.user_id = :user_id;

-- name: person_versions(user_id, conversation_id, after_seq, after_version, limit)
-- What they wrote in a conversation before they edited or deleted it. No tombstones: they say nothing.
SELECT m.id AS message_id, m.seq, v.version, v.content, m.message_key, c.key_id, c.data_key, v.edited_at, v.replaced_at
FROM messages m
JOIN message_versions v ON v.message_id = m.id
JOIN conversations c ON c.id = m.conversation_id
WHERE m.conversation_id = :conversation_id AND m.sender_id = :user_id AND m.seq >= :after_seq
  AND (m.seq, v.version) > (:after_seq, :after_version)
ORDER BY m.seq, v.version LIMIT :limit;

-- name: person_exports(user_id, after_id, limit)
SELECT e.id, e.conversation_id, e.format, e.state, e.created_at, e.finished_at, e.expires_at FROM exports e
WHERE e.user_id = :user_id AND e.id > :after_id ORDER BY e.id LIMIT :limit;

-- name: person_activity(user_id)
-- How much they wrote, a day. How soon they replied is in steps of a scale of ours.
SELECT d.day, d.sent, d.received,
       (SELECT sum(r.replies) FROM activity_replies r WHERE r.user_id = d.user_id AND r.day = d.day)::integer AS replies
FROM activity_days d WHERE d.user_id = :user_id ORDER BY d.day;

-- name: last_audit_id()$
SELECT COALESCE(max(a.id), 0) FROM audit a;

-- name: person_audit(user_id, after_id, up_to_id)
-- Of a window of the trail: what they did, and what was done in their name. An index would cost each call something, for ever.
SELECT a.id AS key, a.at, a.action, a.user_id, a.role, a.on_behalf_of, a.object_type, a.object_id, a.conversation_id, a.result,
       a.reason, a.address, a.device, a.session_id, a.request_id, a.times
FROM audit a
WHERE a.id > :after_id AND a.id <= :up_to_id AND (a.user_id = :user_id OR a.on_behalf_of = :user_id)
ORDER BY a.id;

-- name: count_person_data(user_id)^
-- What there is now of what goes.
SELECT (SELECT count(*) FROM sessions s WHERE s.user_id = :user_id AND (s.ended_at IS NULL OR s.address IS NOT NULL OR s.device IS NOT NULL))
           AS sessions,
       (SELECT count(*) FROM care_links l WHERE (l.patient_id = :user_id OR l.doctor_id = :user_id) AND l.until IS NULL) AS care_links,
       (SELECT count(*) FROM loose_titles t WHERE t.patient_id = :user_id AND NOT t.held) AS context_titles,
       (SELECT count(*) FROM notifications n WHERE n.user_id = :user_id) AS notifications,
       (SELECT count(*) FROM push_subscriptions s WHERE s.user_id = :user_id) AS push_subscriptions,
       (SELECT count(*) FROM notification_preferences p WHERE p.user_id = :user_id) AS preferences,
       (SELECT count(*) FROM activity_days d WHERE d.user_id = :user_id) AS activity,
       (SELECT count(*) FROM exports e WHERE e.user_id = :user_id AND e.state IN ('queued', 'running', 'ready')) AS exports,
       (SELECT count(*) FROM person_archives a WHERE a.user_id = :user_id AND a.state IN ('queued', 'running', 'ready')) AS archives;

-- name: held_in_person(user_id)$
SELECT EXISTS (SELECT FROM legal_holds h WHERE h.user_id = :user_id AND h.released_at IS NULL);

-- name: held_titles(user_id)$
SELECT count(*) FROM loose_titles t WHERE t.patient_id = :user_id AND t.held;

-- name: forget_titles(user_id)!
-- Of prescriptions and exams of theirs that nobody wrote about. Nobody can any more.
UPDATE contexts x SET key_id = '', data_key = '', title = '', closed_at = COALESCE(x.closed_at, clock_timestamp()), updated_at = clock_timestamp()
FROM loose_titles t WHERE t.id = x.id AND t.patient_id = :user_id AND NOT t.held;

-- name: empty_sessions(user_id)!
-- From where and with what they came. The sessions have ended.
UPDATE sessions SET address = NULL, device = NULL
WHERE user_id = :user_id AND ended_at IS NOT NULL AND (address IS NOT NULL OR device IS NOT NULL);

-- name: end_links_of_person(user_id)
UPDATE care_links SET until = clock_timestamp() WHERE (patient_id = :user_id OR doctor_id = :user_id) AND until IS NULL
RETURNING patient_id, doctor_id;

-- name: forget_search_entries(user_id, limit)!
-- What they could find by search. What others can find stays as long as what they can read.
DELETE FROM search_entries e USING (
    SELECT o.message_id FROM search_entries o WHERE o.reader_id = :user_id ORDER BY o.message_id LIMIT :limit) old
WHERE e.reader_id = :user_id AND e.message_id = old.message_id;

-- name: forget_notifications(user_id, limit)!
DELETE FROM notifications n WHERE n.id IN (SELECT o.id FROM notifications o WHERE o.user_id = :user_id ORDER BY o.id LIMIT :limit);

-- name: forget_deliveries(user_id)!
DELETE FROM notification_deliveries d WHERE d.user_id = :user_id;

-- name: forget_decisions(user_id)!
DELETE FROM notification_decisions d WHERE d.user_id = :user_id;

-- name: forget_pushes(user_id)!
DELETE FROM push_subscriptions s WHERE s.user_id = :user_id;

-- name: forget_preferences(user_id)!
DELETE FROM notification_preferences p WHERE p.user_id = :user_id;

-- name: forget_activity_days(user_id)!
DELETE FROM activity_days d WHERE d.user_id = :user_id;

-- name: forget_activity_replies(user_id)!
DELETE FROM activity_replies r WHERE r.user_id = :user_id;

-- name: forget_settings(user_id)!
-- How they had put their conversations in order.
UPDATE participants p SET muted = false, pinned = false, marked_unread = false, archived_at = NULL
WHERE p.user_id = :user_id AND (p.muted OR p.pinned OR p.marked_unread OR p.archived_at IS NOT NULL);

-- name: open_exports_of_person(user_id)
SELECT e.id, e.conversation_id, e.user_id, e.format, e.token FROM exports e
WHERE e.user_id = :user_id AND e.state IN ('queued', 'running', 'ready');

-- name: end_exports_of_person(user_id)!
UPDATE exports
SET state = CASE WHEN state = 'ready' THEN 'expired' ELSE 'failed' END, sealed = NULL, owner = NULL, lease_until = NULL,
    finished_at = COALESCE(finished_at, clock_timestamp())
WHERE user_id = :user_id AND state IN ('queued', 'running', 'ready');
