-- What must be in the file store, for who verifies a backup.

-- name: stored_attachments(after_id, limit)
-- What a virus was found in is kept for a while, too.
SELECT a.id, a.token, a.thumbnail_size IS NOT NULL AS has_thumbnail
FROM attachments a JOIN conversations c ON c.id = a.conversation_id AND c.shredded_at IS NULL
WHERE a.id > :after_id AND a.stored_at IS NOT NULL AND a.doomed_at IS NULL ORDER BY a.id LIMIT :limit;

-- name: stored_exports()
-- Those that are over may have gone already.
SELECT e.id, e.token, false AS has_thumbnail FROM exports e
JOIN conversations c ON c.id = e.conversation_id AND c.shredded_at IS NULL
WHERE e.state = 'ready' AND e.expires_at > clock_timestamp() ORDER BY e.id;

-- name: stored_archives()
SELECT a.id, a.token, false AS has_thumbnail FROM person_archives a
WHERE a.state = 'ready' AND a.expires_at > clock_timestamp() ORDER BY a.id;
