-- Searches in the forum read fewer of the older texts, which are a look at the disk each: a phrase took 86 ms among a million
-- questions where fewer than one in a hundred may take 50. Else this is forum_found() of 0024; see ADR 0041.
CREATE OR REPLACE FUNCTION forum_found(asked tsquery, of_author bigint, of_tag text, open_only boolean, most integer)
    RETURNS TABLE (question_id bigint, answer_id bigint, rank real)
    LANGUAGE plpgsql STABLE
    SET search_path = public, pg_temp
    SET enable_seqscan = off
    SET plan_cache_mode = force_custom_plan
    AS $$
#variable_conflict use_column
DECLARE
    top bigint := (SELECT q.id >> 12 FROM questions q ORDER BY q.id DESC LIMIT 1);
    steps integer[] := ARRAY[1, 4];
    step integer := 1;
    first bigint;
    found integer := 0;
    more integer;
    place tsquery;
    -- What the index can tell: neither the order of words nor what must not be there.
    loose tsquery;
    -- The index tells all of it: whatever it names is what was asked for.
    told boolean;
BEGIN
    -- Without a word that must be there, everything would be looked at.
    IF asked IS NULL OR numnode(asked) = 0 OR querytree(asked) IN ('', 'T') THEN
        RETURN;
    END IF;
    loose := regexp_replace(querytree(asked), '<(-|[0-9]+)>', '&', 'g')::tsquery;
    told := loose = asked AND of_tag IS NULL AND NOT open_only;
    -- Of one person or of a rare tag there are few: those are read, the newest 700 of them, instead of all that have the words.
    IF of_author IS NOT NULL OR (SELECT t.questions FROM forum_tags t WHERE t.tag = of_tag) <= 1000 THEN
        RETURN QUERY
        SELECT s.question_id, s.answer_id, ts_rank(s.words, asked, 1)
        FROM (
            (SELECT q.id FROM questions q
             WHERE q.author_id = of_author AND q.deleted_at IS NULL AND (of_tag IS NULL OR q.tags @> ARRAY[of_tag])
             ORDER BY q.id DESC LIMIT 700)
            UNION ALL
            (SELECT t.question_id FROM question_tags t WHERE of_author IS NULL AND t.tag = of_tag
             ORDER BY t.question_id DESC LIMIT 700)
        ) few
        JOIN forum_search s ON s.question_id = few.id
        WHERE s.words @@ asked
          AND (NOT open_only OR (SELECT q.answer_count FROM questions q WHERE q.id = few.id) = 0)
        ORDER BY s.question_id DESC LIMIT most;
        RETURN;
    END IF;
    -- Older ones lie far apart, where each costs a look at the disk: a third is enough of them.
    WHILE top >= 0 AND found < CASE WHEN step > cardinality(steps) THEN most / 3 ELSE most END LOOP
        first := CASE WHEN step > cardinality(steps) THEN 0 ELSE GREATEST(top - steps[step] + 1, 0) END;
        IF step <= cardinality(steps) THEN
            place := (SELECT string_agg(quote_literal('#' || b), ' | ') FROM generate_series(first, top) AS b)::tsquery;
        END IF;
        RETURN QUERY
        SELECT f.question_id, f.answer_id, ts_rank(f.words, asked, 1)
        FROM (
            SELECT c.question_id, c.answer_id, c.words
            FROM (
                -- So many are looked at in a step, whether they turn out to be what was asked for or not: of the newest all. Beyond
                -- the newest five blocks it is for the index to say where all the words stand: blocks would only cost it time.
                SELECT s.question_id, s.answer_id, s.words FROM forum_search s
                WHERE s.words @@ CASE WHEN step <= cardinality(steps) THEN loose && place ELSE loose END
                  AND s.question_id < (top + 1) << 12 AND s.question_id >= first << 12
                LIMIT CASE step WHEN 1 THEN CASE WHEN told THEN 2500 ELSE 1200 END WHEN 2 THEN 400 ELSE 200 END
            ) c
            WHERE c.words @@ asked
              AND (of_tag IS NULL OR EXISTS (SELECT FROM question_tags t WHERE t.tag = of_tag AND t.question_id = c.question_id))
              AND (NOT open_only OR EXISTS (SELECT FROM questions q WHERE q.id = c.question_id AND q.answer_count = 0))
            ORDER BY c.question_id DESC LIMIT CASE WHEN step > cardinality(steps) THEN most / 3 ELSE most END - found
        ) f;
        GET DIAGNOSTICS more = ROW_COUNT;
        found := found + more;
        top := first - 1;
        step := step + 1;
    END LOOP;
END $$;
COMMENT ON FUNCTION forum_found IS 'Texts with these words, those of newer questions first, with their rank: so many at most, a third of that once it comes to old ones.';

-- "Mine" by votes and by activity is read in its order. Without, PostgreSQL read all of somebody's questions, or the whole forum in that
-- order until it had found enough of theirs. With the tags in it, a page of mine with a tag reads no rows but those that it shows.
CREATE INDEX questions_of_author_votes ON questions (author_id, score, id) INCLUDE (tags) WHERE deleted_at IS NULL;
CREATE INDEX questions_of_author_activity ON questions (author_id, activity_at, id) INCLUDE (tags) WHERE deleted_at IS NULL;
DROP INDEX questions_of_author;
CREATE INDEX questions_of_author ON questions (author_id, id) INCLUDE (tags) WHERE deleted_at IS NULL;
