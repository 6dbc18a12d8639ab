-- The second look: what a node's sockets should have been told, and who of them may no longer listen.

-- name: list_missed_in_rooms(conversation_ids, floors, limit)
-- For each room that is behind: its counters, and what changed after its floor, oldest first. All of one snapshot.
SELECT c.id AS conversation_id, c.last_seq, c.last_change, m.seq, m.change, m.deleted_at IS NOT NULL AS deleted, COALESCE(m.reacted, false) AS reacted
FROM unnest(:conversation_ids::bigint[], :floors::bigint[]) AS room (conversation_id, floor)
JOIN conversations c ON c.id = room.conversation_id AND c.last_change > room.floor
LEFT JOIN LATERAL (
    (SELECT k.seq, k.change, k.deleted_at, false AS reacted FROM messages k
     WHERE k.conversation_id = c.id AND k.change > room.floor ORDER BY k.change LIMIT :limit)
    UNION ALL
    -- A reaction has a change of its own, above that of its message. The conditions are those of the index.
    (SELECT k.seq, k.reacted_change, k.deleted_at, true FROM messages k
     WHERE k.conversation_id = c.id AND GREATEST(k.change, k.reacted_change) > room.floor AND k.reacted_change > k.change
       AND (k.edited_at IS NOT NULL OR k.deleted_at IS NOT NULL OR k.reacted_change IS NOT NULL)
     ORDER BY GREATEST(k.change, k.reacted_change) LIMIT :limit)
    ORDER BY 2 LIMIT :limit
) m ON true
ORDER BY c.id, m.change;

-- name: list_watermarks_beyond(conversation_ids, told_conversation_ids, told_user_ids, told_reads, told_delivereds)
-- Watermarks of these rooms that moved beyond what was told; all of those about which nothing is known yet (`known` false).
SELECT p.conversation_id, p.user_id, p.read_seq, p.delivered_seq, told.user_id IS NOT NULL AS known,
       r.at AS read_at, d.at AS delivered_at,
       (SELECT count(*) FROM messages m
        WHERE told.read_seq < p.read_seq AND m.conversation_id = p.conversation_id AND m.seq > told.read_seq
          AND m.seq <= p.read_seq AND m.sender_id <> p.user_id AND m.deleted_at IS NULL) AS updated_count
FROM participants p
LEFT JOIN unnest(:told_conversation_ids::bigint[], :told_user_ids::bigint[], :told_reads::bigint[], :told_delivereds::bigint[])
    AS told (conversation_id, user_id, read_seq, delivered_seq)
    ON told.conversation_id = p.conversation_id AND told.user_id = p.user_id
LEFT JOIN marks r ON r.conversation_id = p.conversation_id AND r.user_id = p.user_id AND r.kind = 'read'
    AND r.up_to_seq = p.read_seq
LEFT JOIN marks d ON d.conversation_id = p.conversation_id AND d.user_id = p.user_id AND d.kind = 'delivered'
    AND d.up_to_seq = p.delivered_seq
WHERE p.conversation_id = ANY (:conversation_ids::bigint[]) AND p.left_at IS NULL
  AND (told.user_id IS NULL OR p.read_seq > told.read_seq OR p.delivered_seq > told.delivered_seq);

-- name: list_new_obstacles(conversation_ids, known, obstacles)
-- Where another one stands in the way than is `known`, and all about which nothing is.
SELECT c.id AS conversation_id, c.obstacle
FROM unnest(:conversation_ids::bigint[], :known::boolean[], :obstacles::text[]) AS room (id, known, obstacle)
JOIN conversation_states c ON c.id = room.id
WHERE NOT room.known OR c.obstacle IS DISTINCT FROM room.obstacle;

-- name: list_strangers(conversation_ids, user_ids)
-- Those who sit in a room and have no part in its conversation any more.
SELECT DISTINCT sitting.conversation_id, sitting.user_id
FROM unnest(:conversation_ids::bigint[], :user_ids::bigint[]) AS sitting (conversation_id, user_id)
WHERE NOT EXISTS (
    SELECT FROM participants p
    WHERE p.conversation_id = sitting.conversation_id AND p.user_id = sitting.user_id AND p.left_at IS NULL);

-- name: list_outdated_sockets(user_ids, session_ids, roles)
-- Those behind sockets who are gone or disabled, have another role, or whose session is over.
SELECT socket.user_id, socket.session_id::text, u.id IS NULL OR u.disabled_at IS NOT NULL AS disabled
FROM unnest(:user_ids::bigint[], :session_ids::uuid[], :roles::text[]) AS socket (user_id, session_id, role)
LEFT JOIN users u ON u.id = socket.user_id
WHERE u.id IS NULL OR u.disabled_at IS NOT NULL OR u.role <> socket.role
   OR (socket.session_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM sessions s
       WHERE s.id = socket.session_id AND s.user_id = socket.user_id AND s.ended_at IS NULL AND s.expires_at > now()));

-- name: list_people_as_they_are(user_ids)
SELECT u.id AS user_id, u.role, u.disabled_at IS NOT NULL AS disabled FROM users u WHERE u.id = ANY (:user_ids::bigint[]);

-- name: list_touched_views(user_ids, seconds)
-- What lists of these people should show anew: their conversations that changed within the last `seconds`, or that they read,
-- muted, pinned and so on, maybe on another device.
SELECT p.conversation_id, p.user_id, c.last_change, GREATEST(c.updated_at, r.at, p.touched_at) AS updated_at
FROM participants p JOIN conversations c ON c.id = p.conversation_id
LEFT JOIN marks r ON r.conversation_id = p.conversation_id AND r.user_id = p.user_id AND r.kind = 'read'
    AND r.up_to_seq = p.read_seq
WHERE p.user_id = ANY (:user_ids::bigint[]) AND p.left_at IS NULL
  AND GREATEST(c.updated_at, r.at, p.touched_at) > clock_timestamp() - make_interval(secs => :seconds::float8);

-- name: list_recently_removed(user_ids, seconds)
-- From which conversations these people were removed within the last `seconds`, by the index of those who left.
SELECT p.conversation_id, p.user_id, p.left_at FROM participants p
WHERE p.user_id = ANY (:user_ids::bigint[]) AND p.left_at > clock_timestamp() - make_interval(secs => :seconds::float8);

-- name: list_touched_links(user_ids, seconds)
-- Care links of these people that began or ended within the last `seconds`.
SELECT DISTINCT l.patient_id, l.doctor_id, GREATEST(l.since, l.until) AS at
FROM care_links l
WHERE (l.patient_id = ANY (:user_ids::bigint[]) OR l.doctor_id = ANY (:user_ids::bigint[]))
  AND GREATEST(l.since, l.until) > clock_timestamp() - make_interval(secs => :seconds::float8);

-- name: list_touched_notifications(user_ids, seconds, limit)
-- Of the latest ones of each of these people, those that came or were read within the last `seconds`.
SELECT n.user_id, n.id, GREATEST(n.created_at, n.read_at) AS at
FROM unnest(:user_ids::bigint[]) AS asked (user_id)
CROSS JOIN LATERAL (
    SELECT k.user_id, k.id, k.created_at, k.read_at FROM notifications k
    WHERE k.user_id = asked.user_id ORDER BY k.id DESC LIMIT :limit
) n
WHERE GREATEST(n.created_at, n.read_at) > clock_timestamp() - make_interval(secs => :seconds::float8)
ORDER BY n.user_id, n.id;
