-- Conversations, as each of their participants sees them.

-- name: find_membership(conversation_id, user_id)^
-- No row: the conversation is none of this user's business.
SELECT c.id AS conversation_id, c.kind, c.status, c.last_seq, c.last_change, c.key_id, c.data_key,
       me.read_seq, me.delivered_seq, c.obstacle
FROM participants me JOIN conversation_states c ON c.id = me.conversation_id
WHERE me.conversation_id = :conversation_id AND me.user_id = :user_id AND me.left_at IS NULL;

-- name: list_memberships(conversation_ids, user_id)
SELECT c.id AS conversation_id, c.kind, c.status, c.last_seq, c.last_change, c.key_id, c.data_key,
       me.read_seq, me.delivered_seq, c.obstacle
FROM participants me JOIN conversation_states c ON c.id = me.conversation_id
WHERE me.conversation_id = ANY (:conversation_ids::bigint[]) AND me.user_id = :user_id AND me.left_at IS NULL;

-- name: list_places(conversation_ids, user_ids)
-- Memberships of many people, each in one conversation; `user_id` says whose. No row: none of their business.
SELECT c.id AS conversation_id, c.kind, c.status, c.last_seq, c.last_change, c.key_id, c.data_key,
       me.read_seq, me.delivered_seq, c.obstacle, me.user_id
FROM (SELECT DISTINCT a.conversation_id, a.user_id FROM unnest(:conversation_ids::bigint[], :user_ids::bigint[]) AS a (conversation_id, user_id)) asked
JOIN participants me ON me.conversation_id = asked.conversation_id AND me.user_id = asked.user_id AND me.left_at IS NULL
JOIN conversation_states c ON c.id = me.conversation_id;

-- name: find_sealing(conversation_id)^
-- What it takes to seal a message; who may send is judged when it is appended.
SELECT c.kind, c.key_id, c.data_key FROM conversations c WHERE c.id = :conversation_id;

-- name: find_conversation(conversation_id, viewer_id)^
SELECT r.* FROM conversation_rows r WHERE r.viewer_id = :viewer_id AND r.id = :conversation_id;

-- name: list_conversations(viewer_id, kinds, status, kind, q, urgent, awaiting_reply, sort, before_rank, before_at, before_id, limit)
-- By keyset on (rank, activity, id). Pinned first; with sort = urgent what is urgent and unread before that.
-- First the places of all, from what little decides them; then the rows of one page.
WITH page AS MATERIALIZED (
    SELECT place.* FROM (
        SELECT v.id, v.activity_at,
               v.pinned::integer + CASE WHEN :sort = 'urgent' AND v.unread > 0 AND v.urgent_count > 0 THEN 2 ELSE 0 END AS rank
        FROM conversation_rows v
        WHERE v.viewer_id = :viewer_id AND v.kind = ANY (:kinds)
          AND (:status::text IS NULL OR v.status = :status)
          AND (:kind::text IS NULL OR v.kind = :kind)
          AND (:urgent IS FALSE OR v.unread > 0 AND v.urgent_count > 0)
          AND (:awaiting_reply IS FALSE OR v.awaiting_reply)
          AND (:q::text IS NULL OR strpos(v.other_search_name, fold(:q)) > 0 OR word_similarity(fold(:q), v.other_search_name) > 0.5)
    ) place
    WHERE :before_id::bigint IS NULL
       OR (place.rank, place.activity_at, place.id) < (:before_rank::integer, :before_at::timestamptz, :before_id::bigint)
    ORDER BY place.rank DESC, place.activity_at DESC, place.id DESC LIMIT :limit
)
SELECT r.*, page.rank FROM page JOIN conversation_rows r ON r.id = page.id AND r.viewer_id = :viewer_id
ORDER BY page.rank DESC, page.activity_at DESC, page.id DESC;

-- name: count_attention(viewer_id, kinds)
-- What waits for this person, over all their conversations.
SELECT COALESCE(sum(CASE WHEN v.unread > 0 THEN v.urgent_count ELSE 0 END), 0)::bigint AS urgent,
       count(*) FILTER (WHERE v.awaiting_reply) AS awaiting_reply
FROM conversation_rows v WHERE v.viewer_id = :viewer_id AND v.kind = ANY (:kinds);

-- name: list_recent_conversations(viewer_id, kinds, status, kind, except_ids, before_rank, before_at, before_id, limit)
-- list_conversations where nothing but the time and the pins decides the order: from the latest week back, until a page is
-- full. Each half of a pair has an index of its own; nobody else is ever part of a conversation.
WITH page AS MATERIALIZED (
    SELECT place.* FROM (
        (SELECT c.id, COALESCE(c.last_message_at, c.updated_at) AS activity_at, 1 AS rank
         FROM participants me JOIN conversations c ON c.id = me.conversation_id
         WHERE me.user_id = :viewer_id AND me.pinned AND me.left_at IS NULL
           AND c.kind = ANY (:kinds) AND (:kind::text IS NULL OR c.kind = :kind) AND c.id <> ALL (:except_ids::bigint[])
           AND (:status::text IS NULL OR :status = CASE WHEN c.status = 'active' AND me.archived_at IS NOT NULL THEN 'archived' ELSE c.status END))
        UNION ALL
        (SELECT c.id, COALESCE(c.last_message_at, c.updated_at) AS activity_at, 0 AS rank
         FROM conversations c
         CROSS JOIN LATERAL (
             SELECT p.archived_at FROM participants p
             WHERE p.conversation_id = c.id AND p.user_id = :viewer_id AND p.left_at IS NULL AND NOT p.pinned LIMIT 1
         ) me
         WHERE c.second_user_id = :viewer_id AND c.kind = ANY (:kinds) AND (:kind::text IS NULL OR c.kind = :kind) AND c.id <> ALL (:except_ids::bigint[])
           AND (:status::text IS NULL OR :status = CASE WHEN c.status = 'active' AND me.archived_at IS NOT NULL THEN 'archived' ELSE c.status END)
           AND (COALESCE(:before_rank::integer, 1) = 1
                OR c.active_week <= date_bin('7 days', :before_at::timestamptz, '2000-01-03 00:00:00+00')
                   AND (COALESCE(c.last_message_at, c.updated_at), c.id) < (:before_at::timestamptz, :before_id::bigint))
         ORDER BY c.active_week DESC, 2 DESC, c.id DESC LIMIT :limit)
        UNION ALL
        (SELECT c.id, COALESCE(c.last_message_at, c.updated_at) AS activity_at, 0 AS rank
         FROM conversations c
         CROSS JOIN LATERAL (
             SELECT p.archived_at FROM participants p
             WHERE p.conversation_id = c.id AND p.user_id = :viewer_id AND p.left_at IS NULL AND NOT p.pinned LIMIT 1
         ) me
         WHERE c.first_user_id = :viewer_id AND c.kind = ANY (:kinds) AND (:kind::text IS NULL OR c.kind = :kind) AND c.id <> ALL (:except_ids::bigint[])
           AND (:status::text IS NULL OR :status = CASE WHEN c.status = 'active' AND me.archived_at IS NOT NULL THEN 'archived' ELSE c.status END)
           AND (COALESCE(:before_rank::integer, 1) = 1
                OR c.active_week <= date_bin('7 days', :before_at::timestamptz, '2000-01-03 00:00:00+00')
                   AND (COALESCE(c.last_message_at, c.updated_at), c.id) < (:before_at::timestamptz, :before_id::bigint))
         ORDER BY c.active_week DESC, 2 DESC, c.id DESC LIMIT :limit)
    ) place
    WHERE :before_id::bigint IS NULL
       OR (place.rank, place.activity_at, place.id) < (:before_rank::integer, :before_at::timestamptz, :before_id::bigint)
    ORDER BY place.rank DESC, place.activity_at DESC, place.id DESC LIMIT :limit
)
SELECT r.*, page.rank FROM page JOIN conversation_rows r ON r.id = page.id AND r.viewer_id = :viewer_id
ORDER BY page.rank DESC, page.activity_at DESC, page.id DESC;

-- name: list_conversation_views(conversation_ids, viewer_ids)
-- For events: many conversations, each as one of its participants sees it.
SELECT r.* FROM unnest(:conversation_ids::bigint[], :viewer_ids::bigint[]) AS asked (conversation_id, viewer_id)
JOIN conversation_rows r ON r.id = asked.conversation_id AND r.viewer_id = asked.viewer_id;

-- name: list_participants(conversation_ids)
SELECT p.conversation_id, p.user_id, u.username, u.first_name, u.last_name, u.role, p.read_seq, p.delivered_seq, p.unread,
       p.joined_at, p.left_at
FROM participants p JOIN users u ON u.id = p.user_id
WHERE p.conversation_id = ANY (:conversation_ids::bigint[])
ORDER BY p.conversation_id, p.user_id;

-- name: find_partner(user_id, partner_id)^
-- Whom the caller asks for; `linked` when an open care link joins the two. Locked, so that the role stays what it is until
-- the conversation is there.
SELECT u.id, u.role, EXISTS (
    SELECT FROM care_links l
    WHERE l.until IS NULL AND ((l.patient_id = u.id AND l.doctor_id = :user_id) OR (l.doctor_id = u.id AND l.patient_id = :user_id))
) AS linked
FROM users u WHERE u.id = :partner_id AND u.disabled_at IS NULL
FOR SHARE OF u;

-- name: find_pair(first_user_id, second_user_id)$
SELECT c.id FROM conversations c
WHERE c.first_user_id = :first_user_id AND c.second_user_id = :second_user_id AND c.context_type IS NULL AND c.shredded_at IS NULL;

-- name: insert_pair(kind, first_user_id, second_user_id, key_id, data_key)$
-- No row when another node was quicker.
WITH made AS (
    INSERT INTO conversations (kind, first_user_id, second_user_id, key_id, data_key)
    VALUES (:kind, :first_user_id, :second_user_id, :key_id, :data_key)
    ON CONFLICT DO NOTHING RETURNING id, first_user_id, second_user_id
), joined AS (
    INSERT INTO participants (conversation_id, user_id)
    SELECT made.id, member FROM made, unnest(ARRAY[made.first_user_id, made.second_user_id]) AS member
)
SELECT id FROM made;

-- name: set_personal(conversation_id, user_id, archived, muted, pinned, marked_unread)!
-- NULL leaves a setting as it is. 0 rows when nothing changed.
UPDATE participants p
SET archived_at = CASE WHEN :archived::boolean THEN COALESCE(p.archived_at, clock_timestamp())
                       WHEN NOT :archived::boolean THEN NULL ELSE p.archived_at END,
    muted = COALESCE(:muted::boolean, p.muted), pinned = COALESCE(:pinned::boolean, p.pinned),
    marked_unread = COALESCE(:marked_unread::boolean, p.marked_unread), touched_at = clock_timestamp()
WHERE p.conversation_id = :conversation_id AND p.user_id = :user_id AND p.left_at IS NULL
  AND (COALESCE(:archived::boolean, p.archived_at IS NOT NULL), COALESCE(:muted::boolean, p.muted),
       COALESCE(:pinned::boolean, p.pinned), COALESCE(:marked_unread::boolean, p.marked_unread))
      IS DISTINCT FROM (p.archived_at IS NOT NULL, p.muted, p.pinned, p.marked_unread);

-- name: set_status(conversation_id, status)!
-- For all participants. 0 rows when it was so already, or when it can never be again: what was shredded stays closed.
UPDATE conversations SET status = :status, updated_at = clock_timestamp()
WHERE id = :conversation_id AND status <> :status AND shredded_at IS NULL;

-- name: lock_conversation(conversation_id)$
-- Whoever writes to several of its participants goes this way first, as sends do. Inside a transaction only.
SELECT id FROM conversations WHERE id = :conversation_id FOR NO KEY UPDATE;

-- name: set_left(conversation_id, user_id, left)!
-- Removes or brings back a participant, which is news to all of them. 0 rows when it was so already. After lock_conversation.
UPDATE participants p
SET left_at = CASE WHEN p.user_id <> :user_id THEN p.left_at WHEN :left THEN clock_timestamp() END, touched_at = clock_timestamp()
WHERE p.conversation_id = :conversation_id AND EXISTS (
    SELECT FROM participants gone
    WHERE gone.conversation_id = p.conversation_id AND gone.user_id = :user_id AND (gone.left_at IS NOT NULL) <> :left);

-- name: conversation_exists(conversation_id)$
SELECT EXISTS (SELECT FROM conversations WHERE id = :conversation_id);

-- name: list_conversations_of_pair(patient_id, doctor_id)
-- Those whose rights follow the care link of the two.
SELECT c.id FROM conversations c WHERE c.first_user_id = :patient_id AND c.second_user_id = :doctor_id AND c.kind = 'care';

-- name: list_conversations_of_user(user_id)
SELECT p.conversation_id AS id FROM participants p WHERE p.user_id = :user_id AND p.left_at IS NULL;
