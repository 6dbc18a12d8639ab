-- What a person did in the forum, for their archive. It is public, and stays under the pseudonym when they are erased.

-- name: person_questions(user_id, after_id, limit)
-- Those that were removed too.
SELECT q.id, q.pseudonym, q.title, q.body, q.tags, q.score, q.created_at, q.edited_at, q.deleted_at, q.deletion_reason
FROM questions q WHERE q.author_id = :user_id AND q.id > :after_id ORDER BY q.id LIMIT :limit;

-- name: person_answers(user_id, after_id, limit)
SELECT a.id, a.question_id, a.body, a.score, a.created_at, a.edited_at, a.deleted_at, a.deletion_reason
FROM answers a WHERE a.author_id = :user_id AND a.id > :after_id ORDER BY a.id LIMIT :limit;

-- name: person_question_versions(user_id, after_id, after_version, limit)
SELECT v.question_id, v.version, v.title, v.body, v.tags, v.replaced_at
FROM questions q JOIN question_versions v ON v.question_id = q.id
WHERE q.author_id = :user_id AND (v.question_id, v.version) > (:after_id, :after_version)
ORDER BY v.question_id, v.version LIMIT :limit;

-- name: person_answer_versions(user_id, after_id, after_version, limit)
SELECT v.answer_id, v.version, v.body, v.replaced_at
FROM answers a JOIN answer_versions v ON v.answer_id = a.id
WHERE a.author_id = :user_id AND (v.answer_id, v.version) > (:after_id, :after_version)
ORDER BY v.answer_id, v.version LIMIT :limit;

-- name: person_votes(user_id)
SELECT v.question_id, v.answer_id, v.value, v.at FROM votes v WHERE v.voter_id = :user_id ORDER BY v.at;

-- name: person_points(user_id, after_id, limit)
SELECT p.id, p.kind, p.amount, p.question_id, p.answer_id, p.at FROM points p
WHERE p.user_id = :user_id AND p.id > :after_id ORDER BY p.id LIMIT :limit;

-- name: person_reports(user_id, after_id, limit)
-- What they reported, and what came of it. What others reported of them is the others'.
SELECT r.id, r.question_id, r.answer_id, r.reason, r.details, r.created_at, r.settled_at, r.decision FROM reports r
WHERE r.reporter_id = :user_id AND r.id > :after_id ORDER BY r.id LIMIT :limit;
