-- Points: the ledger, and who has most.

-- name: settle_points(question_id, actor_id, kinds, amounts)!
SELECT settle_points(:question_id, :actor_id, :kinds::text[], :amounts::integer[]);

-- name: list_points(user_id, before, limit)
-- `question_title` NULL: it was removed.
SELECT p.id, p.kind, p.amount, p.question_id, p.answer_id, p.at, CASE WHEN q.deleted_at IS NULL THEN q.title END AS question_title
FROM points p JOIN questions q ON q.id = p.question_id
WHERE p.user_id = :user_id AND (:before::bigint IS NULL OR p.id < :before::bigint)
ORDER BY p.id DESC LIMIT :limit;

-- name: find_points(user_id)$
SELECT t.points FROM point_totals t WHERE t.user_id = :user_id AND t.period = '-infinity';

-- name: list_leaders(of_month, before_points, before_id, limit)
SELECT t.user_id, u.first_name || ' ' || u.last_name AS name, u.role, t.points
FROM point_totals t JOIN users u ON u.id = t.user_id
WHERE t.period = CASE WHEN :of_month THEN date_trunc('month', now() AT TIME ZONE 'UTC')::date ELSE '-infinity' END
  AND t.points > 0 AND u.disabled_at IS NULL
  AND (:before_id::bigint IS NULL OR (t.points, t.user_id) < (:before_points::bigint, :before_id::bigint))
ORDER BY t.points DESC, t.user_id DESC LIMIT :limit;

-- name: find_standing_of_points(user_id, of_month, most)^
-- No row for who has none; `ahead` NULL when it is more than `most`.
SELECT t.points, (
    SELECT NULLIF(count(*), :most + 1) FROM (
        SELECT FROM point_totals o
        WHERE o.period = t.period AND (o.points, o.user_id) > (t.points, t.user_id)
          AND (SELECT u.disabled_at FROM users u WHERE u.id = o.user_id) IS NULL LIMIT :most + 1
    ) better
) AS ahead
FROM point_totals t
WHERE t.user_id = :user_id
  AND t.period = CASE WHEN :of_month THEN date_trunc('month', now() AT TIME ZONE 'UTC')::date ELSE '-infinity' END;
