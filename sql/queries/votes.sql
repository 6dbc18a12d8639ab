-- Votes, under the lock of their question: what was there before is what the counts were made of.

-- name: write_vote(question_id, answer_id, voter_id, author_id, value)^
-- By how much each count moves; no row when it is so already.
WITH before AS (
    SELECT COALESCE((SELECT v.value FROM votes v WHERE v.question_id = :question_id AND v.voter_id = :voter_id
                     AND v.answer_id IS NOT DISTINCT FROM :answer_id::bigint), 0) AS value
), written AS (
    INSERT INTO votes (question_id, answer_id, voter_id, author_id, value)
    SELECT :question_id, :answer_id, :voter_id, :author_id, :value FROM before WHERE before.value <> :value
    ON CONFLICT ON CONSTRAINT votes_one_a_person DO UPDATE SET value = excluded.value, at = clock_timestamp()
    RETURNING value
)
SELECT (written.value = 1)::integer - (before.value = 1)::integer AS ups,
       (written.value = -1)::integer - (before.value = -1)::integer AS downs
FROM before, written;

-- name: count_question_vote(question_id, ups, downs)^
UPDATE questions SET up_count = up_count + :ups, down_count = down_count + :downs, change = change + 1
WHERE id = :question_id RETURNING score, up_count, down_count, change;

-- name: count_answer_vote(question_id, answer_id, ups, downs)^
WITH touched AS (UPDATE questions SET change = change + 1 WHERE id = :question_id RETURNING change)
UPDATE answers a SET up_count = a.up_count + :ups, down_count = a.down_count + :downs, change = touched.change
FROM touched WHERE a.id = :answer_id RETURNING a.score, a.up_count, a.down_count, a.change;

-- name: find_question_score(question_id)^
SELECT q.score, q.up_count, q.down_count, q.change FROM questions q WHERE q.id = :question_id;

-- name: find_answer_score(answer_id)^
SELECT a.score, a.up_count, a.down_count, a.change FROM answers a WHERE a.id = :answer_id;
