-- Answers. All of this under the lock of the question, but for what only reads.

-- name: insert_answer(question_id, author_id, body, client_message_id)$
WITH touched AS (
    UPDATE questions SET change = change + 1, answer_count = answer_count + 1, activity_at = clock_timestamp()
    WHERE id = :question_id RETURNING change
)
INSERT INTO answers (question_id, author_id, body, change, client_message_id)
SELECT :question_id, :author_id, :body, change, :client_message_id::uuid FROM touched RETURNING id;

-- name: find_sent_answer(question_id, author_id, client_message_id)^
-- As it was posted, whatever became of it.
SELECT a.id, COALESCE(v.body, a.body) AS body
FROM answers a LEFT JOIN answer_versions v ON v.answer_id = a.id AND v.version = 1
WHERE a.question_id = :question_id AND a.author_id = :author_id AND a.client_message_id = :client_message_id::uuid;

-- name: find_answer(answer_id, viewer_id)^
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote
FROM answer_rows r
LEFT JOIN votes v ON v.question_id = r.question_id AND v.voter_id = :viewer_id AND v.answer_id = r.id
WHERE r.id = :answer_id;

-- name: find_answer_place(answer_id)^
SELECT a.question_id, a.author_id, a.deleted_at IS NOT NULL AS deleted FROM answers a WHERE a.id = :answer_id;

-- name: edit_answer(question_id, answer_id, body)!
WITH touched AS (
    UPDATE questions q SET change = q.change + 1, activity_at = clock_timestamp()
    FROM answers a WHERE q.id = :question_id AND a.id = :answer_id AND a.body <> :body RETURNING q.change
)
UPDATE answers SET body = :body, edited_at = clock_timestamp(), change = touched.change FROM touched WHERE id = :answer_id;

-- name: remove_answer(question_id, answer_id, deleted_by, reason)!
WITH touched AS (
    UPDATE questions q SET change = q.change + 1, answer_count = q.answer_count - 1,
                           accepted_answer_id = NULLIF(q.accepted_answer_id, a.id)
    FROM answers a WHERE q.id = :question_id AND a.id = :answer_id AND a.deleted_at IS NULL RETURNING q.change
)
UPDATE answers SET deleted_at = clock_timestamp(), deleted_by = :deleted_by, deletion_reason = :reason, change = touched.change
FROM touched WHERE id = :answer_id;

-- name: restore_answer(question_id, answer_id)!
WITH touched AS (
    UPDATE questions q SET change = q.change + 1, answer_count = q.answer_count + 1
    FROM answers a WHERE q.id = :question_id AND a.id = :answer_id AND a.deleted_at IS NOT NULL RETURNING q.change
)
UPDATE answers SET deleted_at = NULL, deleted_by = NULL, deletion_reason = NULL, change = touched.change
FROM touched WHERE id = :answer_id;

-- name: list_answer_versions(answer_id)
SELECT v.version, NULL::text AS title, v.body, NULL::text[] AS tags, v.replaced_at FROM answer_versions v
WHERE v.answer_id = :answer_id ORDER BY v.version DESC LIMIT 100;

-- name: list_answers_votes(question_id, viewer_id, before_accepted, before_score, before_id, limit)
-- The accepted one is looked for by itself, so that the others come by their index.
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    (SELECT a.id FROM questions q JOIN answers a ON a.id = q.accepted_answer_id
     WHERE q.id = :question_id AND a.deleted_at IS NULL AND :before_id::bigint IS NULL)
    UNION ALL
    (SELECT a.id FROM answers a
     WHERE a.question_id = :question_id AND a.deleted_at IS NULL
       AND a.id IS DISTINCT FROM (SELECT q.accepted_answer_id FROM questions q WHERE q.id = :question_id)
       AND (:before_id::bigint IS NULL OR :before_accepted
            OR (a.score, a.id) < (:before_score::integer, :before_id::bigint))
     ORDER BY a.score DESC, a.id DESC LIMIT :limit)
) page JOIN answer_rows r ON r.id = page.id
LEFT JOIN votes v ON v.question_id = r.question_id AND v.voter_id = :viewer_id AND v.answer_id = r.id
ORDER BY r.accepted DESC, r.score DESC, r.id DESC LIMIT :limit;

-- name: list_answers_newest(question_id, viewer_id, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT a.id FROM answers a
    WHERE a.question_id = :question_id AND a.deleted_at IS NULL AND (:before_id::bigint IS NULL OR a.id < :before_id::bigint)
    ORDER BY a.id DESC LIMIT :limit
) page JOIN answer_rows r ON r.id = page.id
LEFT JOIN votes v ON v.question_id = r.question_id AND v.voter_id = :viewer_id AND v.answer_id = r.id
ORDER BY r.id DESC;

-- name: list_answers_oldest(question_id, viewer_id, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT a.id FROM answers a
    WHERE a.question_id = :question_id AND a.deleted_at IS NULL AND (:before_id::bigint IS NULL OR a.id > :before_id::bigint)
    ORDER BY a.id LIMIT :limit
) page JOIN answer_rows r ON r.id = page.id
LEFT JOIN votes v ON v.question_id = r.question_id AND v.voter_id = :viewer_id AND v.answer_id = r.id
ORDER BY r.id;
