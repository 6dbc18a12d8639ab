-- Questions of the forum. Lists look for a page of ids by the index of their order, then for the rows.

-- name: lock_question(question_id)^
-- Whatever changes a question, its answers or its votes goes this way first. Inside a transaction only.
SELECT q.id, q.author_id, q.pseudonym, q.accepted_answer_id, q.answer_count, q.deleted_at IS NOT NULL AS deleted
FROM questions q WHERE q.id = :question_id FOR NO KEY UPDATE;

-- name: insert_question(author_id, pseudonym, title, body, tags, client_message_id)$
-- No row when the author asked it by this client id before: also when that is committed only while this waits.
INSERT INTO questions (author_id, pseudonym, title, body, tags, client_message_id)
VALUES (:author_id, :pseudonym, :title, :body, :tags::text[], :client_message_id::uuid)
ON CONFLICT (author_id, client_message_id) WHERE client_message_id IS NOT NULL DO NOTHING RETURNING id;

-- name: find_sent_question(author_id, client_message_id)^
-- As it was asked, whatever became of it.
SELECT q.id, q.pseudonym, COALESCE(v.title, q.title) AS title, COALESCE(v.body, q.body) AS body, COALESCE(v.tags, q.tags) AS tags
FROM questions q LEFT JOIN question_versions v ON v.question_id = q.id AND v.version = 1
WHERE q.author_id = :author_id AND q.client_message_id = :client_message_id::uuid;

-- name: is_name_of_somebody(name, asker_id)$
-- Of the asker, or of people whom everybody here may know of: to refuse the name of a patient who never wrote under it would tell
-- that they are one.
SELECT EXISTS (
    SELECT FROM (
        SELECT u.id, u.role FROM users u WHERE lower(u.username) = lower(:name)
        UNION ALL
        SELECT u.id, u.role FROM users u
        WHERE u.search_name LIKE regexp_replace(fold(:name), '([\\%%_])', '\\\1', 'g') || ' %%'
          AND fold(u.first_name || ' ' || u.last_name) = fold(:name)
    ) named
    WHERE named.id = :asker_id OR named.role IN ('medecin', 'mentor', 'admin')
       OR EXISTS (SELECT FROM questions q WHERE q.author_id = named.id AND q.pseudonym IS NULL AND q.deleted_at IS NULL)
       OR EXISTS (SELECT FROM answer_rows a WHERE a.author_id = named.id AND a.pseudonym IS NULL AND a.deleted_at IS NULL)
);

-- name: edit_question(question_id, title, body, tags)$
-- The new change; none when it is so already.
UPDATE questions SET title = :title, body = :body, tags = :tags::text[], change = change + 1, edited_at = clock_timestamp(),
                     activity_at = clock_timestamp()
WHERE id = :question_id AND (title, body, tags) IS DISTINCT FROM (:title, :body, :tags::text[]) RETURNING change;

-- name: remove_question(question_id, deleted_by, reason)!
UPDATE questions SET deleted_at = clock_timestamp(), deleted_by = :deleted_by, deletion_reason = :reason, change = change + 1
WHERE id = :question_id AND deleted_at IS NULL;

-- name: restore_question(question_id)!
UPDATE questions SET deleted_at = NULL, deleted_by = NULL, deletion_reason = NULL, change = change + 1
WHERE id = :question_id AND deleted_at IS NOT NULL;

-- name: accept_answer(question_id, answer_id)$
UPDATE questions SET accepted_answer_id = :answer_id, change = change + 1, activity_at = clock_timestamp()
WHERE id = :question_id AND accepted_answer_id IS DISTINCT FROM :answer_id::bigint RETURNING change;

-- name: find_question(question_id, viewer_id)^
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote
FROM question_rows r
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
WHERE r.id = :question_id;

-- name: find_question_change(question_id)$
-- No row when it is not there any more.
SELECT q.change FROM questions q WHERE q.id = :question_id AND q.deleted_at IS NULL;

-- name: find_question_states(question_ids)
SELECT q.id, q.change, false AS just_asked FROM questions q WHERE q.id = ANY (:question_ids);

-- name: list_touched_questions(seconds, limit)
-- By the index of the list. Votes and removals do not move a question in it.
SELECT q.id, q.change, q.created_at > clock_timestamp() - make_interval(secs => :seconds::float8) AS just_asked FROM questions q
WHERE q.deleted_at IS NULL AND q.activity_at > clock_timestamp() - make_interval(secs => :seconds::float8)
ORDER BY q.activity_at DESC, q.id DESC LIMIT :limit;

-- name: list_question_counts(question_ids)
SELECT q.id, q.change, q.score, q.up_count, q.down_count, q.answer_count, q.accepted_answer_id, q.activity_at
FROM questions q WHERE q.id = ANY (:question_ids) AND q.deleted_at IS NULL;

-- name: list_question_versions(question_id)
SELECT v.version, v.title, v.body, v.tags, v.replaced_at FROM question_versions v WHERE v.question_id = :question_id
ORDER BY v.version DESC LIMIT 100;

-- name: list_questions_newest(viewer_id, author_id, tag, open_only, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT q.id FROM questions q
    WHERE q.deleted_at IS NULL AND (:author_id::bigint IS NULL OR q.author_id = :author_id::bigint)
      AND (:tag::text IS NULL OR q.tags @> ARRAY[:tag::text])
      AND (NOT :open_only OR q.answer_count = 0) AND (:before_id::bigint IS NULL OR q.id < :before_id::bigint)
    ORDER BY q.id DESC LIMIT :limit
) page JOIN question_rows r ON r.id = page.id
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
ORDER BY r.id DESC;

-- name: list_questions_votes(viewer_id, author_id, tag, open_only, before_score, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT q.id FROM questions q
    WHERE q.deleted_at IS NULL AND (:author_id::bigint IS NULL OR q.author_id = :author_id::bigint)
      AND (:tag::text IS NULL OR q.tags @> ARRAY[:tag::text])
      AND (NOT :open_only OR q.answer_count = 0)
      AND (:before_id::bigint IS NULL OR (q.score, q.id) < (:before_score::integer, :before_id::bigint))
    ORDER BY q.score DESC, q.id DESC LIMIT :limit
) page JOIN question_rows r ON r.id = page.id
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
ORDER BY r.score DESC, r.id DESC;

-- name: list_questions_activity(viewer_id, author_id, tag, open_only, before_at, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT q.id FROM questions q
    WHERE q.deleted_at IS NULL AND (:author_id::bigint IS NULL OR q.author_id = :author_id::bigint)
      AND (:tag::text IS NULL OR q.tags @> ARRAY[:tag::text])
      AND (NOT :open_only OR q.answer_count = 0)
      AND (:before_id::bigint IS NULL OR (q.activity_at, q.id) < (:before_at::timestamptz, :before_id::bigint))
    ORDER BY q.activity_at DESC, q.id DESC LIMIT :limit
) page JOIN question_rows r ON r.id = page.id
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
ORDER BY r.activity_at DESC, r.id DESC;

-- name: list_tagged_newest(viewer_id, tag, open_only, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT t.question_id FROM question_tags t
    WHERE t.tag = :tag AND (NOT :open_only OR NOT t.answered) AND (:before_id::bigint IS NULL OR t.question_id < :before_id::bigint)
    ORDER BY t.question_id DESC LIMIT :limit
) page JOIN question_rows r ON r.id = page.question_id
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
ORDER BY r.id DESC;

-- name: list_tagged_votes(viewer_id, tag, open_only, before_score, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT t.question_id FROM question_tags t
    WHERE t.tag = :tag AND (NOT :open_only OR NOT t.answered)
      AND (:before_id::bigint IS NULL OR (t.score, t.question_id) < (:before_score::integer, :before_id::bigint))
    ORDER BY t.score DESC, t.question_id DESC LIMIT :limit
) page JOIN question_rows r ON r.id = page.question_id
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
ORDER BY r.score DESC, r.id DESC;

-- name: list_tagged_activity(viewer_id, tag, open_only, before_at, before_id, limit)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote FROM (
    SELECT t.question_id FROM question_tags t
    WHERE t.tag = :tag AND (NOT :open_only OR NOT t.answered)
      AND (:before_id::bigint IS NULL OR (t.activity_at, t.question_id) < (:before_at::timestamptz, :before_id::bigint))
    ORDER BY t.activity_at DESC, t.question_id DESC LIMIT :limit
) page JOIN question_rows r ON r.id = page.question_id
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
ORDER BY r.activity_at DESC, r.id DESC;

-- name: list_tags(beginning, limit)
-- `beginning` empty: all.
SELECT t.tag, t.questions AS count FROM forum_tags t
WHERE t.questions > 0 AND (:beginning = '' OR t.tag LIKE regexp_replace(:beginning, '([\\%%_])', '\\\1', 'g') || '%%')
ORDER BY t.questions DESC, t.tag LIMIT :limit;
