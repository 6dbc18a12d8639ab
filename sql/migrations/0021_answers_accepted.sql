-- How many of a mentor's answers askers have chosen: their profile follows the forum, whatever changes the choice.

CREATE FUNCTION count_accepted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
BEGIN
    -- In one order, so that two questions with answers of the same mentors cannot deadlock.
    PERFORM FROM mentor_profiles p
    WHERE p.user_id IN (SELECT a.author_id FROM answers a WHERE a.id IN (OLD.accepted_answer_id, NEW.accepted_answer_id))
    ORDER BY p.user_id FOR NO KEY UPDATE;
    UPDATE mentor_profiles p SET answers_accepted = p.answers_accepted + moved.step
    FROM (
        SELECT a.author_id, sum(c.step) AS step
        FROM (VALUES (OLD.accepted_answer_id, -1), (NEW.accepted_answer_id, 1)) AS c (answer_id, step)
        JOIN answers a ON a.id = c.answer_id
        -- One's own answer to one's own question is no merit.
        WHERE a.author_id <> NEW.author_id
        GROUP BY a.author_id HAVING sum(c.step) <> 0
    ) moved
    WHERE p.user_id = moved.author_id;
    RETURN NULL;
END $$;
-- Removing an accepted answer takes the choice away in the same statement; a removed question keeps what it said of others.
CREATE TRIGGER questions_count_accepted AFTER UPDATE ON questions FOR EACH ROW
    WHEN (OLD.accepted_answer_id IS DISTINCT FROM NEW.accepted_answer_id) EXECUTE FUNCTION count_accepted();

UPDATE mentor_profiles p SET answers_accepted = chosen.count
FROM (
    SELECT a.author_id, count(*) AS count FROM questions q JOIN answers a ON a.id = q.accepted_answer_id
    WHERE a.author_id <> q.author_id GROUP BY a.author_id
) chosen
WHERE p.user_id = chosen.author_id;
