-- The trail: noting, sealing, checking, reading. A digest is made of ROW(…)::text, which tells NULL from '' and cannot be
-- read two ways; times go in as microseconds, whatever the session's time zone. The same text seals and checks. Whoever
-- adds a column to a digest gives the blocks another format: those that are sealed stay as they are.

-- name: note_accesses(batch, at, actions, user_ids, roles, on_behalf_of, object_types, object_ids, conversation_ids, results, reasons, addresses, devices, session_ids, request_ids, times)!
INSERT INTO audit (at, action, user_id, role, on_behalf_of, object_type, object_id, conversation_id, result, reason, address,
                   device, session_id, request_id, times, batch)
SELECT to_timestamp(n.at), n.action, n.user_id, n.role, n.on_behalf_of, n.object_type, n.object_id, n.conversation_id, n.result,
       n.reason, n.address, n.device, n.session_id, n.request_id, n.times, :batch
FROM unnest(:at::float8[], :actions::text[], :user_ids::bigint[], :roles::text[], :on_behalf_of::bigint[], :object_types::text[],
            :object_ids::text[], :conversation_ids::bigint[], :results::text[], :reasons::text[], :addresses::text[],
            :devices::text[], :session_ids::text[], :request_ids::text[], :times::integer[])
    WITH ORDINALITY AS n (at, action, user_id, role, on_behalf_of, object_type, object_id, conversation_id, result, reason,
                          address, device, session_id, request_id, times, place)
ORDER BY n.place;

-- name: is_noted(batch)$
-- Only among the latest: the question comes right after the write whose answer was lost.
SELECT EXISTS (SELECT FROM audit a WHERE a.id > (SELECT max(l.id) - 200000 FROM audit l) AND a.batch = :batch);

-- name: trail_tops()^
-- The last number that was given out in each table. Not all of them may be committed yet, or ever.
SELECT m.last_value - (NOT m.is_called)::int AS message, v.last_value - (NOT v.is_called)::int AS version,
       k.last_value - (NOT k.is_called)::int AS mark, a.last_value - (NOT a.is_called)::int AS audit
FROM messages_id_seq m, message_versions_trail_id_seq v, marks_trail_id_seq k, audit_id_seq a;

-- name: trail_writers()
-- Transactions that have written to these tables, or are about to. Whoever draws a number has this lock already.
SELECT DISTINCT l.virtualtransaction AS name FROM pg_locks l
WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid()
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND l.relation IN ('messages'::regclass, 'message_versions'::regclass, 'marks'::regclass, 'audit'::regclass);

-- name: lock_sealing()$
SELECT pg_try_advisory_xact_lock(hashtext('colloque trail'));

-- name: trail_heads()
SELECT c.chain, COALESCE(b.number, 0) AS number, COALESCE(b.up_to_id, 0) AS up_to_id, COALESCE(b.hash, ''::bytea) AS hash
FROM unnest(ARRAY['message', 'version', 'mark', 'audit']) AS c (chain)
LEFT JOIN LATERAL (SELECT * FROM trail_blocks t WHERE t.chain = c.chain ORDER BY t.number DESC LIMIT 1) b ON true;

-- name: add_trail_block(chain, number, format, after_id, up_to_id, keys, digests, sealed_at, previous, hash)!
INSERT INTO trail_blocks (chain, number, format, after_id, up_to_id, keys, digests, sealed_at, previous, hash)
VALUES (:chain, :number, :format, :after_id, :up_to_id, :keys::bigint[], :digests, :sealed_at, :previous, :hash);

-- name: list_trail_blocks(chain, after_number, limit)
SELECT b.number, b.format, b.after_id, b.up_to_id, b.keys, b.digests, b.sealed_at, b.previous, b.hash
FROM trail_blocks b WHERE b.chain = :chain AND b.number > :after_number ORDER BY b.number LIMIT :limit;

-- name: digest_messages(after_id, up_to_id, limit)^
-- As each was sent: an edited one has its first text among the versions, and if it is not there, none.
SELECT COALESCE(array_agg(d.key ORDER BY d.key), '{}') AS keys, COALESCE(string_agg(d.digest, ''::bytea ORDER BY d.key), ''::bytea) AS digests
FROM (
    SELECT m.id AS key, sha256(convert_to(ROW(
        m.id, m.conversation_id, m.seq, m.sender_id, m.client_message_id, m.message_key, m.type, m.is_urgent, m.requires_response,
        m.action, m.reply_to_id, m.context_version, (extract(epoch FROM m.sent_at) * 1000000)::bigint,
        CASE WHEN m.version = 1 THEN m.change ELSE v.change END,
        CASE WHEN m.version = 1 THEN (extract(epoch FROM m.edited_at) * 1000000)::bigint
             ELSE (extract(epoch FROM v.edited_at) * 1000000)::bigint END,
        m.version = 1 AND m.deleted_at IS NOT NULL,
        encode(sha256(CASE WHEN m.version = 1 THEN m.content ELSE v.content END), 'hex'))::text, 'UTF8')) AS digest
    FROM messages m
    LEFT JOIN LATERAL (
        SELECT * FROM message_versions w WHERE m.version <> 1 AND w.message_id = m.id AND w.version = 1 LIMIT 1
    ) v ON true
    WHERE m.id > :after_id AND m.id <= :up_to_id ORDER BY m.id LIMIT :limit
) d;

-- name: digest_versions(after_id, up_to_id, limit)^
-- What replaced each text that was kept: the message as it is now, or the next text that was kept.
SELECT COALESCE(array_agg(d.key ORDER BY d.key), '{}') AS keys, COALESCE(string_agg(d.digest, ''::bytea ORDER BY d.key), ''::bytea) AS digests
FROM (
    SELECT v.trail_id AS key, sha256(convert_to(ROW(
        v.trail_id, v.message_id, v.version, (extract(epoch FROM v.replaced_at) * 1000000)::bigint, encode(sha256(v.content), 'hex'),
        m.version > v.version,
        CASE WHEN m.version = v.version + 1 THEN m.change ELSE w.change END,
        CASE WHEN m.version = v.version + 1 THEN (extract(epoch FROM m.edited_at) * 1000000)::bigint
             ELSE (extract(epoch FROM w.edited_at) * 1000000)::bigint END,
        CASE WHEN m.version = v.version + 1 THEN (extract(epoch FROM m.deleted_at) * 1000000)::bigint END,
        encode(sha256(CASE WHEN m.version = v.version + 1 THEN m.content ELSE w.content END), 'hex'))::text, 'UTF8')) AS digest
    FROM message_versions v
    LEFT JOIN LATERAL (SELECT * FROM messages o WHERE o.id = v.message_id LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT * FROM message_versions n WHERE n.message_id = v.message_id AND n.version = v.version + 1 LIMIT 1
    ) w ON true
    WHERE v.trail_id > :after_id AND v.trail_id <= :up_to_id ORDER BY v.trail_id LIMIT :limit
) d;

-- name: digest_marks(after_id, up_to_id, limit)^
SELECT COALESCE(array_agg(d.key ORDER BY d.key), '{}') AS keys, COALESCE(string_agg(d.digest, ''::bytea ORDER BY d.key), ''::bytea) AS digests
FROM (
    SELECT k.trail_id AS key, sha256(convert_to(ROW(
        k.trail_id, k.conversation_id, k.user_id, k.kind, k.up_to_seq, (extract(epoch FROM k.at) * 1000000)::bigint)::text, 'UTF8')) AS digest
    FROM marks k WHERE k.trail_id > :after_id AND k.trail_id <= :up_to_id ORDER BY k.trail_id LIMIT :limit
) d;

-- name: digest_audit(after_id, up_to_id, limit)^
SELECT COALESCE(array_agg(d.key ORDER BY d.key), '{}') AS keys, COALESCE(string_agg(d.digest, ''::bytea ORDER BY d.key), ''::bytea) AS digests
FROM (
    SELECT a.id AS key, sha256(convert_to(ROW(
        a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.action, a.user_id, a.role, a.on_behalf_of, a.object_type, a.object_id,
        a.conversation_id, a.result, a.reason, a.address, a.device, a.session_id, a.request_id, a.times, a.batch)::text, 'UTF8')) AS digest
    FROM audit a WHERE a.id > :after_id AND a.id <= :up_to_id ORDER BY a.id LIMIT :limit
) d;

-- name: list_access_log(conversation_id, before_id, limit)
-- Latest first. The condition is that of the index.
SELECT a.id, a.at, a.user_id, u.first_name || ' ' || u.last_name AS user_name, a.role AS user_role, a.on_behalf_of, a.action, a.reason, a.times
FROM audit a LEFT JOIN users u ON u.id = a.user_id
WHERE a.conversation_id = :conversation_id AND a.result = 'ok'
  AND a.action NOT IN ('message.send', 'message.delivered', 'message.read')
  AND (:before_id::bigint IS NULL OR a.id < :before_id)
ORDER BY a.id DESC LIMIT :limit;

-- name: export_audit(after_id, limit)
SELECT a.id AS key, a.at, a.action, a.user_id, a.role, a.on_behalf_of, a.object_type, a.object_id, a.conversation_id, a.result,
       a.reason, a.address, a.device, a.session_id, a.request_id, a.times
FROM audit a WHERE a.id > :after_id ORDER BY a.id LIMIT :limit;

-- name: export_messages(after_id, limit)
-- A send is its row; from where it came stands in audit.
SELECT m.id AS key, m.sent_at AS at, 'message.stored' AS action, m.sender_id AS user_id, u.role, NULL::bigint AS on_behalf_of,
       'message' AS object_type, m.id::text AS object_id, m.conversation_id, 'ok' AS result, NULL::text AS reason, NULL::text AS address,
       NULL::text AS device, NULL::text AS session_id, NULL::text AS request_id, 1 AS times
FROM messages m LEFT JOIN users u ON u.id = m.sender_id WHERE m.id > :after_id ORDER BY m.id LIMIT :limit;

-- name: export_versions(after_id, limit)
SELECT v.trail_id AS key, v.replaced_at AS at,
       CASE WHEN m.deleted_at IS NOT NULL AND m.version = v.version + 1 THEN 'message.removed' ELSE 'message.replaced' END AS action,
       m.sender_id AS user_id, u.role, NULL::bigint AS on_behalf_of, 'message' AS object_type, v.message_id::text AS object_id,
       m.conversation_id, 'ok' AS result, NULL::text AS reason, NULL::text AS address, NULL::text AS device,
       NULL::text AS session_id, NULL::text AS request_id, 1 AS times
FROM message_versions v JOIN messages m ON m.id = v.message_id LEFT JOIN users u ON u.id = m.sender_id
WHERE v.trail_id > :after_id ORDER BY v.trail_id LIMIT :limit;

-- name: export_marks(after_id, limit)
SELECT k.trail_id AS key, k.at, 'mark.' || k.kind AS action, k.user_id, u.role, NULL::bigint AS on_behalf_of, 'seq' AS object_type,
       k.up_to_seq::text AS object_id, k.conversation_id, 'ok' AS result, NULL::text AS reason, NULL::text AS address,
       NULL::text AS device, NULL::text AS session_id, NULL::text AS request_id, 1 AS times
FROM marks k LEFT JOIN users u ON u.id = k.user_id WHERE k.trail_id > :after_id ORDER BY k.trail_id LIMIT :limit;

-- name: break_glass(conversation_id, user_id, reason, minutes)$
-- Until when; no row for a conversation that is not there.
INSERT INTO break_glass (conversation_id, user_id, reason, until)
SELECT c.id, :user_id, :reason, clock_timestamp() + make_interval(mins => :minutes) FROM conversations c WHERE c.id = :conversation_id
RETURNING until;

-- name: broken_glass(conversation_id, user_id)$
-- The reason that holds now.
SELECT g.reason FROM break_glass g
WHERE g.user_id = :user_id AND g.conversation_id = :conversation_id AND g.until > clock_timestamp()
ORDER BY g.until DESC LIMIT 1;
