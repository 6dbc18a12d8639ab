-- Files of messages: what is known of them. Names and keys are sealed before they come here.

-- name: add_attachment(conversation_id, uploader_id, token, name, file_key, media_type, size, thumbnail_size, width, height, infected_with)$
-- Before its bytes are written. No row: the uploader has no part in the conversation any more.
INSERT INTO attachments (conversation_id, uploader_id, token, name, file_key, media_type, size, thumbnail_size, width, height,
                         infected_with)
SELECT me.conversation_id, me.user_id, :token, :name, :file_key, :media_type, :size, :thumbnail_size, :width, :height,
       :infected_with
FROM participants me
WHERE me.conversation_id = :conversation_id AND me.user_id = :uploader_id AND me.left_at IS NULL
RETURNING id;

-- name: attachment_stored(attachment_id)!
UPDATE attachments SET stored_at = clock_timestamp() WHERE id = :attachment_id AND doomed_at IS NULL;

-- name: find_attachment(attachment_id, viewer_id)^
-- For a current participant; before it was sent only for who uploaded it, and not once its message was deleted or all was shredded.
SELECT a.id, a.conversation_id, a.uploader_id, a.token, a.name, a.file_key, a.media_type, a.size, a.thumbnail_size,
       c.kind, c.key_id, c.data_key
FROM attachments a
JOIN conversations c ON c.id = a.conversation_id
JOIN participants me ON me.conversation_id = a.conversation_id AND me.user_id = :viewer_id AND me.left_at IS NULL
LEFT JOIN messages m ON m.id = a.message_id
WHERE a.id = :attachment_id AND a.stored_at IS NOT NULL AND a.infected_with IS NULL AND a.doomed_at IS NULL AND c.shredded_at IS NULL
  AND CASE WHEN a.message_id IS NULL THEN a.uploader_id = :viewer_id ELSE m.deleted_at IS NULL END;

-- name: attachments_of_conversation(conversation_id, after_id, up_to_seq, limit)
-- Those of messages that were not deleted, for an export. The caller has asked who may.
SELECT a.id, a.conversation_id, a.uploader_id, a.token, a.name, a.file_key, a.media_type, a.size, a.thumbnail_size,
       c.kind, c.key_id, c.data_key
FROM attachments a
JOIN conversations c ON c.id = a.conversation_id
JOIN messages m ON m.id = a.message_id AND m.deleted_at IS NULL AND m.seq <= :up_to_seq
WHERE a.conversation_id = :conversation_id AND a.id > :after_id
ORDER BY a.id LIMIT :limit;

-- name: attachment_bytes(conversation_id, up_to_seq)$
-- Of the same.
SELECT COALESCE(sum(a.size), 0)::bigint FROM attachments a
JOIN messages m ON m.id = a.message_id AND m.deleted_at IS NULL AND m.seq <= :up_to_seq
WHERE a.conversation_id = :conversation_id;

-- name: attachment_tokens(conversation_id, after_id, limit)
-- Whatever has bytes in the store: for the end of retention.
SELECT a.id, a.token FROM attachments a
WHERE a.conversation_id = :conversation_id AND a.id > :after_id ORDER BY a.id LIMIT :limit;

-- name: attachable(attachment_ids, conversation_id, uploader_id)
-- What this person uploaded for this conversation, used or not: a repeated send names what the first one used.
SELECT a.id, a.token, a.name, a.media_type, a.size, a.width, a.height, a.thumbnail_size IS NOT NULL AS has_thumbnail
FROM attachments a
WHERE a.id = ANY (:attachment_ids::bigint[]) AND a.conversation_id = :conversation_id AND a.uploader_id = :uploader_id
  AND a.stored_at IS NOT NULL AND a.infected_with IS NULL AND a.doomed_at IS NULL;

-- name: lock_attachments(attachment_ids)
-- In id order, so that two sends of the same files cannot deadlock. Those that no message has and that are not going away.
SELECT a.id FROM attachments a
WHERE a.id = ANY (:attachment_ids::bigint[]) AND a.message_id IS NULL AND a.doomed_at IS NULL
ORDER BY a.id FOR NO KEY UPDATE;

-- name: known_sends(conversation_ids, sender_ids, sent_keys)
-- Which of these were stored before, by the key that tells a repeat (the client's id, or ours where it has none).
SELECT asked.n::integer AS n
FROM unnest(:conversation_ids::bigint[], :sender_ids::bigint[], :sent_keys::uuid[])
    WITH ORDINALITY AS asked (conversation_id, sender_id, sent_key, n)
JOIN messages m ON m.sender_id = asked.sender_id AND COALESCE(m.client_message_id, m.message_key) = asked.sent_key
    AND m.conversation_id = asked.conversation_id;

-- name: attach(message_ids, attachment_ids, positions)!
UPDATE attachments a SET message_id = wanted.message_id, position = wanted.position
FROM unnest(:message_ids::bigint[], :attachment_ids::bigint[], :positions::smallint[])
    AS wanted (message_id, attachment_id, position)
WHERE a.id = wanted.attachment_id AND a.message_id IS NULL;

-- name: doom_attachments(loose_seconds, evidence_seconds, limit)
-- What was uploaded and never sent, what a crash left, evidence that was kept long enough; and what an earlier round did not finish.
WITH old AS (
    SELECT a.id FROM attachments a
    WHERE a.message_id IS NULL AND a.created_at < clock_timestamp() - :loose_seconds * interval '1 second'
      AND (a.infected_with IS NULL OR a.created_at < clock_timestamp() - :evidence_seconds * interval '1 second')
    ORDER BY a.created_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE attachments a SET doomed_at = COALESCE(a.doomed_at, clock_timestamp())
FROM old WHERE a.id = old.id
RETURNING a.id, a.token;

-- name: forget_attachments(attachment_ids)$
SELECT forget_attachments(:attachment_ids::bigint[]);
