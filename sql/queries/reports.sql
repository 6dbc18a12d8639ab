-- Reports and what administrators decide.

-- name: insert_report(question_id, answer_id, reporter_id, reason, details)$
-- No row when this person has one open already.
INSERT INTO reports (question_id, answer_id, reporter_id, reason, details)
VALUES (:question_id, :answer_id, :reporter_id, :reason, :details)
ON CONFLICT (question_id, COALESCE(answer_id, 0), reporter_id) WHERE settled_at IS NULL DO NOTHING RETURNING id;

-- name: find_open_report(question_id, answer_id, reporter_id)$
SELECT r.id FROM reports r
WHERE r.question_id = :question_id AND COALESCE(r.answer_id, 0) = COALESCE(:answer_id::bigint, 0) AND r.reporter_id = :reporter_id
  AND r.settled_at IS NULL;

-- name: find_report_place(report_id)^
SELECT r.question_id, r.answer_id, r.settled_at IS NOT NULL AS settled FROM reports r WHERE r.id = :report_id;

-- name: settle_reports(question_id, answer_id, settled_by, decision, note)!
UPDATE reports SET settled_at = clock_timestamp(), settled_by = :settled_by, decision = :decision, note = :note
WHERE question_id = :question_id AND answer_id IS NOT DISTINCT FROM :answer_id::bigint AND settled_at IS NULL;

-- name: list_reports(report_id, settled, before, limit)
-- `report_id`: only that one. With the text as it stands now.
SELECT r.id, r.question_id, r.answer_id, r.reason, r.details, r.reporter_id, u.first_name || ' ' || u.last_name AS reporter_name,
       q.title, COALESCE(a.body, q.body) AS body,
       CASE WHEN r.answer_id IS NULL THEN q.deleted_at ELSE a.deleted_at END IS NOT NULL AS removed,
       r.created_at, r.settled_at, r.decision, r.note
FROM reports r JOIN users u ON u.id = r.reporter_id JOIN questions q ON q.id = r.question_id LEFT JOIN answers a ON a.id = r.answer_id
WHERE (:report_id::bigint IS NULL AND (r.settled_at IS NOT NULL) = :settled OR r.id = :report_id::bigint)
  AND (:before::bigint IS NULL OR r.id < :before::bigint)
ORDER BY r.id DESC LIMIT :limit;
