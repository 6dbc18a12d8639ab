-- Searching in the forum. `most`: so many texts at most are ranked.

-- name: search_questions(viewer_id, q, author_id, tag, open_only, most, before_rank, before_id, limit)
WITH found AS MATERIALIZED (
    SELECT DISTINCT ON (f.question_id) f.question_id, f.answer_id, f.rank
    FROM forum_found(forum_query(:q), :author_id::bigint, :tag::text, :open_only, :most) f
    ORDER BY f.question_id, f.rank DESC, f.answer_id
), page AS (
    SELECT f.question_id, f.answer_id, round((f.rank * (1 + 0.1 * ln(1 + GREATEST(q.score, 0))))::numeric, 6) AS rank
    FROM found f JOIN questions q ON q.id = f.question_id
)
SELECT r.*, COALESCE(v.value, 0)::integer AS my_vote, page.rank::text AS rank, NULLIF(page.answer_id, 0) AS found_in,
       COALESCE(a.body, r.body) AS found_text
FROM (
    SELECT * FROM page
    WHERE :before_id::bigint IS NULL OR (page.rank, page.question_id) < (:before_rank::numeric, :before_id::bigint)
    ORDER BY page.rank DESC, page.question_id DESC LIMIT :limit
) page
JOIN question_rows r ON r.id = page.question_id
LEFT JOIN answers a ON a.id = page.answer_id
LEFT JOIN votes v ON v.question_id = r.id AND v.voter_id = :viewer_id AND v.answer_id IS NULL
ORDER BY page.rank DESC, page.question_id DESC;

-- name: list_similar_questions(title, most, limit)
SELECT q.id, q.title, q.score, q.answer_count, q.accepted_answer_id
FROM (SELECT f.question_id, max(f.rank) AS rank FROM forum_found(forum_alike(:title), NULL, NULL, false, :most) f
      WHERE f.answer_id = 0 GROUP BY f.question_id) f
JOIN questions q ON q.id = f.question_id
ORDER BY f.rank + word_similarity(fold(:title), fold(q.title)) DESC, q.id DESC LIMIT :limit;
