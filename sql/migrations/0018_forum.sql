-- The forum: questions, answers, votes, points, reports. Public to all who are logged in, and searched by the database, so it
-- is not sealed as messages are. Everything that happens to a question takes the lock of its row first: counts stay exact.

CREATE TABLE questions (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT questions_pkey PRIMARY KEY,
    author_id bigint NOT NULL CONSTRAINT questions_author_fkey REFERENCES users,
    pseudonym text CONSTRAINT questions_pseudonym_size CHECK (char_length(pseudonym) BETWEEN 3 AND 40),
    title text NOT NULL CONSTRAINT questions_title_size CHECK (char_length(title) BETWEEN 10 AND 200),
    body text NOT NULL CONSTRAINT questions_body_said CHECK (body <> ''),
    tags text[] NOT NULL CONSTRAINT questions_tags_few CHECK (cardinality(tags) BETWEEN 1 AND 5),
    version integer NOT NULL DEFAULT 1,
    change bigint NOT NULL DEFAULT 1,
    up_count integer NOT NULL DEFAULT 0 CONSTRAINT questions_up_positive CHECK (up_count >= 0),
    down_count integer NOT NULL DEFAULT 0 CONSTRAINT questions_down_positive CHECK (down_count >= 0),
    score integer NOT NULL GENERATED ALWAYS AS (up_count - down_count) STORED,
    answer_count integer NOT NULL DEFAULT 0 CONSTRAINT questions_answers_positive CHECK (answer_count >= 0),
    accepted_answer_id bigint,
    activity_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    edited_at timestamptz,
    deleted_at timestamptz,
    deleted_by bigint CONSTRAINT questions_deleter_fkey REFERENCES users,
    deletion_reason text,
    CONSTRAINT questions_deleted_whole CHECK ((deleted_at IS NULL) = (deleted_by IS NULL)),
    -- For the foreign key of votes.
    CONSTRAINT questions_author_key UNIQUE (id, author_id)
);
COMMENT ON COLUMN questions.change IS 'Gapless: moved by everything that its readers are told of.';
COMMENT ON COLUMN questions.body IS 'Markdown as it was written. HTML is made of it when it is shown, and never stored.';

CREATE TABLE answers (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT answers_pkey PRIMARY KEY,
    question_id bigint NOT NULL CONSTRAINT answers_question_fkey REFERENCES questions,
    author_id bigint NOT NULL CONSTRAINT answers_author_fkey REFERENCES users,
    body text NOT NULL CONSTRAINT answers_body_said CHECK (body <> ''),
    version integer NOT NULL DEFAULT 1,
    change bigint NOT NULL,
    up_count integer NOT NULL DEFAULT 0 CONSTRAINT answers_up_positive CHECK (up_count >= 0),
    down_count integer NOT NULL DEFAULT 0 CONSTRAINT answers_down_positive CHECK (down_count >= 0),
    score integer NOT NULL GENERATED ALWAYS AS (up_count - down_count) STORED,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    edited_at timestamptz,
    deleted_at timestamptz,
    deleted_by bigint CONSTRAINT answers_deleter_fkey REFERENCES users,
    deletion_reason text,
    CONSTRAINT answers_deleted_whole CHECK ((deleted_at IS NULL) = (deleted_by IS NULL)),
    CONSTRAINT answers_of_question_key UNIQUE (question_id, id),
    CONSTRAINT answers_author_key UNIQUE (id, author_id)
);
COMMENT ON COLUMN answers.change IS 'Of the question, when this answer or its votes changed last.';
-- Only one of its own answers.
ALTER TABLE questions ADD CONSTRAINT questions_accepted_fkey
    FOREIGN KEY (id, accepted_answer_id) REFERENCES answers (question_id, id);

-- The orders of the lists. Those without an answer have their own: at the end of the most voted there would be none for long.
CREATE INDEX questions_newest ON questions (id) WHERE deleted_at IS NULL;
CREATE INDEX questions_votes ON questions (score, id) WHERE deleted_at IS NULL;
CREATE INDEX questions_activity ON questions (activity_at, id) WHERE deleted_at IS NULL;
CREATE INDEX questions_open_newest ON questions (id) WHERE deleted_at IS NULL AND answer_count = 0;
CREATE INDEX questions_open_votes ON questions (score, id) WHERE deleted_at IS NULL AND answer_count = 0;
CREATE INDEX questions_open_activity ON questions (activity_at, id) WHERE deleted_at IS NULL AND answer_count = 0;
CREATE INDEX questions_of_author ON questions (author_id, id) WHERE deleted_at IS NULL;
CREATE INDEX answers_votes ON answers (question_id, score, id) WHERE deleted_at IS NULL;
CREATE INDEX answers_of_author ON answers (author_id, id) WHERE deleted_at IS NULL;

CREATE TABLE question_tags (
    tag text NOT NULL,
    question_id bigint NOT NULL CONSTRAINT question_tags_question_fkey REFERENCES questions,
    score integer NOT NULL,
    activity_at timestamptz NOT NULL,
    answered boolean NOT NULL,
    CONSTRAINT question_tags_pkey PRIMARY KEY (tag, question_id)
);
COMMENT ON TABLE question_tags IS 'Copies of what the lists of one tag are sorted by, of questions that are there. Kept by a trigger.';
CREATE INDEX question_tags_of_question ON question_tags (question_id);
CREATE INDEX question_tags_votes ON question_tags (tag, score, question_id);
CREATE INDEX question_tags_activity ON question_tags (tag, activity_at, question_id);
CREATE INDEX question_tags_open_newest ON question_tags (tag, question_id) WHERE NOT answered;
CREATE INDEX question_tags_open_votes ON question_tags (tag, score, question_id) WHERE NOT answered;
CREATE INDEX question_tags_open_activity ON question_tags (tag, activity_at, question_id) WHERE NOT answered;

CREATE TABLE forum_tags (
    tag text CONSTRAINT forum_tags_pkey PRIMARY KEY,
    questions integer NOT NULL CONSTRAINT forum_tags_positive CHECK (questions >= 0)
);
CREATE INDEX forum_tags_used ON forum_tags (questions, tag);
CREATE INDEX forum_tags_beginning ON forum_tags (tag text_pattern_ops);

CREATE TABLE question_versions (
    question_id bigint NOT NULL CONSTRAINT question_versions_question_fkey REFERENCES questions,
    version integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    tags text[] NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT question_versions_pkey PRIMARY KEY (question_id, version)
);
CREATE TABLE answer_versions (
    answer_id bigint NOT NULL CONSTRAINT answer_versions_answer_fkey REFERENCES answers,
    version integer NOT NULL,
    body text NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT answer_versions_pkey PRIMARY KEY (answer_id, version)
);
COMMENT ON TABLE question_versions IS 'Earlier texts. Append-only, written by a trigger: nothing that edits can forget it.';
COMMENT ON TABLE answer_versions IS 'Earlier texts. Append-only, written by a trigger.';

CREATE TABLE votes (
    question_id bigint NOT NULL CONSTRAINT votes_question_fkey REFERENCES questions,
    answer_id bigint,
    voter_id bigint NOT NULL CONSTRAINT votes_voter_fkey REFERENCES users,
    author_id bigint NOT NULL,
    question_author_id bigint GENERATED ALWAYS AS (CASE WHEN answer_id IS NULL THEN author_id END) STORED,
    value smallint NOT NULL CONSTRAINT votes_value_known CHECK (value IN (-1, 0, 1)),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT votes_one_a_person UNIQUE NULLS NOT DISTINCT (question_id, voter_id, answer_id),
    CONSTRAINT votes_not_own CHECK (voter_id <> author_id),
    -- `author_id` is the author's indeed: of the answer, or of the question where there is none.
    CONSTRAINT votes_answer_fkey FOREIGN KEY (question_id, answer_id) REFERENCES answers (question_id, id),
    CONSTRAINT votes_answer_author_fkey FOREIGN KEY (answer_id, author_id) REFERENCES answers (id, author_id),
    CONSTRAINT votes_question_author_fkey FOREIGN KEY (question_id, question_author_id) REFERENCES questions (id, author_id)
);
CREATE INDEX votes_of_answer ON votes (answer_id) WHERE answer_id IS NOT NULL;
COMMENT ON COLUMN votes.value IS '0: taken back.';

CREATE TABLE points (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT points_pkey PRIMARY KEY,
    user_id bigint NOT NULL CONSTRAINT points_user_fkey REFERENCES users,
    kind text NOT NULL CONSTRAINT points_kind_known
        CHECK (kind IN ('answer_upvoted', 'question_upvoted', 'answer_accepted', 'accepting', 'downvoted')),
    amount integer NOT NULL CONSTRAINT points_amount_some CHECK (amount <> 0),
    question_id bigint NOT NULL CONSTRAINT points_question_fkey REFERENCES questions,
    answer_id bigint CONSTRAINT points_answer_fkey REFERENCES answers,
    actor_id bigint NOT NULL CONSTRAINT points_actor_fkey REFERENCES users,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX points_of_question ON points (question_id, actor_id);
CREATE INDEX points_of_user ON points (user_id, id);
COMMENT ON TABLE points IS 'The ledger. Append-only: what no longer holds is taken back by a row of the opposite amount.';

CREATE TABLE point_totals (
    user_id bigint NOT NULL CONSTRAINT point_totals_user_fkey REFERENCES users,
    -- The first day of a month; -infinity for all times.
    period date NOT NULL,
    points bigint NOT NULL,
    CONSTRAINT point_totals_pkey PRIMARY KEY (user_id, period)
);
CREATE INDEX point_totals_best ON point_totals (period, points, user_id);

-- What is worth points now. A pseudonym earns none on its question: who watches the leaderboard would learn who it is.
CREATE VIEW point_facts AS
SELECT v.question_id, v.answer_id, v.voter_id AS actor_id, v.author_id AS user_id,
       CASE v.value WHEN 1 THEN 'question_upvoted' ELSE 'downvoted' END AS kind
FROM votes v JOIN questions q ON q.id = v.question_id
WHERE v.answer_id IS NULL AND v.value <> 0 AND q.deleted_at IS NULL AND q.pseudonym IS NULL
UNION ALL
SELECT v.question_id, v.answer_id, v.voter_id, v.author_id, CASE v.value WHEN 1 THEN 'answer_upvoted' ELSE 'downvoted' END
FROM votes v JOIN answers a ON a.id = v.answer_id JOIN questions q ON q.id = v.question_id
WHERE v.value <> 0 AND a.deleted_at IS NULL AND NOT (q.pseudonym IS NOT NULL AND a.author_id = q.author_id)
UNION ALL
SELECT q.id, a.id, q.author_id, a.author_id, 'answer_accepted'
FROM questions q JOIN answers a ON a.id = q.accepted_answer_id
WHERE a.deleted_at IS NULL AND a.author_id <> q.author_id
UNION ALL
SELECT q.id, a.id, q.author_id, q.author_id, 'accepting'
FROM questions q JOIN answers a ON a.id = q.accepted_answer_id
WHERE a.deleted_at IS NULL AND a.author_id <> q.author_id AND q.deleted_at IS NULL AND q.pseudonym IS NULL;

CREATE FUNCTION settle_points(of_question bigint, of_actor bigint, kinds text[], amounts integer[]) RETURNS void
    LANGUAGE sql
    -- With the owner's rights: the server's role cannot book by itself.
    SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
WITH due AS (
    SELECT f.user_id, f.kind, f.answer_id, f.actor_id, w.amount
    FROM point_facts f JOIN unnest(kinds, amounts) AS w (kind, amount) ON w.kind = f.kind
    WHERE f.question_id = of_question AND (of_actor IS NULL OR f.actor_id = of_actor)
), booked AS (
    SELECT p.user_id, p.kind, p.answer_id, p.actor_id, sum(p.amount)::integer AS amount
    FROM points p WHERE p.question_id = of_question AND (of_actor IS NULL OR p.actor_id = of_actor)
    GROUP BY p.user_id, p.kind, p.answer_id, p.actor_id HAVING sum(p.amount) <> 0
), entries AS (
    INSERT INTO points (user_id, kind, amount, question_id, answer_id, actor_id)
    SELECT COALESCE(d.user_id, b.user_id), COALESCE(d.kind, b.kind), COALESCE(d.amount, -b.amount), of_question,
           COALESCE(d.answer_id, b.answer_id), COALESCE(d.actor_id, b.actor_id)
    FROM due d FULL JOIN booked b
        ON b.user_id = d.user_id AND b.kind = d.kind AND b.actor_id = d.actor_id
        AND COALESCE(b.answer_id, 0) = COALESCE(d.answer_id, 0)
    WHERE (d.user_id IS NULL OR b.user_id IS NULL) AND COALESCE(d.amount, -b.amount) <> 0
    RETURNING user_id, amount, at
), sums AS (
    SELECT e.user_id, t.period, sum(e.amount) AS points
    FROM entries e, LATERAL (VALUES (date '-infinity'), (date_trunc('month', e.at AT TIME ZONE 'UTC')::date)) AS t (period)
    GROUP BY e.user_id, t.period
)
INSERT INTO point_totals AS held (user_id, period, points)
-- In one order, so that two questions of the same people cannot deadlock.
SELECT s.user_id, s.period, s.points FROM sums s ORDER BY s.user_id, s.period
ON CONFLICT ON CONSTRAINT point_totals_pkey DO UPDATE SET points = held.points + excluded.points
$$;
COMMENT ON FUNCTION settle_points IS 'Books the difference between what is due and what stands in the ledger, under the lock of the question.';

CREATE TABLE reports (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT reports_pkey PRIMARY KEY,
    question_id bigint NOT NULL CONSTRAINT reports_question_fkey REFERENCES questions,
    answer_id bigint,
    reporter_id bigint NOT NULL CONSTRAINT reports_reporter_fkey REFERENCES users,
    reason text NOT NULL CONSTRAINT reports_reason_known CHECK (reason IN ('spam', 'abuse', 'privacy', 'dangerous', 'other')),
    details text CONSTRAINT reports_details_size CHECK (char_length(details) <= 500),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,
    settled_by bigint CONSTRAINT reports_settler_fkey REFERENCES users,
    decision text CONSTRAINT reports_decision_known CHECK (decision IN ('removed', 'dismissed')),
    note text CONSTRAINT reports_note_size CHECK (char_length(note) <= 500),
    CONSTRAINT reports_settled_whole
        CHECK ((settled_at IS NULL) = (decision IS NULL) AND (settled_at IS NULL) = (settled_by IS NULL)),
    CONSTRAINT reports_answer_fkey FOREIGN KEY (question_id, answer_id) REFERENCES answers (question_id, id)
);
CREATE UNIQUE INDEX reports_one_open ON reports (question_id, COALESCE(answer_id, 0), reporter_id) WHERE settled_at IS NULL;
CREATE INDEX reports_open ON reports (id) WHERE settled_at IS NULL;
CREATE INDEX reports_settled ON reports (id) WHERE settled_at IS NOT NULL;

-- Search. French and English at once, without accents: no text says which it is.
CREATE TEXT SEARCH CONFIGURATION forum_french (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION forum_french
    ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part WITH unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION forum_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION forum_english
    ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part WITH unaccent, english_stem;

CREATE TABLE forum_search (
    question_id bigint NOT NULL CONSTRAINT forum_search_question_fkey REFERENCES questions,
    -- 0: the question itself.
    answer_id bigint NOT NULL,
    words tsvector NOT NULL,
    CONSTRAINT forum_search_pkey PRIMARY KEY (question_id, answer_id)
);
COMMENT ON TABLE forum_search IS 'What is there to be found. Kept by triggers; can be made again from questions and answers.';
CREATE INDEX forum_search_words ON forum_search USING gin (words);

-- A word that is no word says in which block of 4,096 questions a text stands: a search for common words looks at the newest
-- blocks first, and stops when it has enough, instead of reading a million rows to sort them.
CREATE FUNCTION forum_block(question_id bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT '#' || (question_id >> 12) $$;

CREATE FUNCTION forum_words(question_id bigint, title text, tags text[], body text) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = public, pg_temp
    AS $$
SELECT setweight(to_tsvector('forum_french', title) || to_tsvector('forum_english', title), 'A')
    || setweight(to_tsvector('forum_french', array_to_string(tags, ' ')) || to_tsvector('forum_english', array_to_string(tags, ' ')), 'B')
    -- A tsvector has an end: a novel is found by its beginning. Without `<` and `>`, since the parser skips what it takes for scripts.
    || to_tsvector('forum_french', translate(left(body, 50000), '<>', '  '))
    || to_tsvector('forum_english', translate(left(body, 50000), '<>', '  '))
    || array_to_tsvector(ARRAY[forum_block(question_id)])
$$;

CREATE FUNCTION forum_query(q text) RETURNS tsquery
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = public, pg_temp
    -- Many words have one stem in both: asked twice they would cost twice.
    AS $$
SELECT CASE WHEN f.query = e.query THEN f.query ELSE f.query || e.query END
FROM websearch_to_tsquery('forum_french', q) AS f (query), websearch_to_tsquery('forum_english', q) AS e (query)
$$;

CREATE FUNCTION forum_found(asked tsquery, of_author bigint, of_tag text, open_only boolean, most integer)
    RETURNS TABLE (question_id bigint, answer_id bigint, rank real)
    LANGUAGE plpgsql STABLE
    SET search_path = public, pg_temp
    SET enable_seqscan = off
    SET plan_cache_mode = force_custom_plan
    AS $$
#variable_conflict use_column
DECLARE
    top bigint := (SELECT q.id >> 12 FROM questions q ORDER BY q.id DESC LIMIT 1);
    steps integer[] := ARRAY[1, 4, 16];
    step integer := 1;
    first bigint;
    found integer := 0;
    more integer;
    place tsquery;
    -- What the index can tell: neither the order of words nor what must not be there.
    loose tsquery;
BEGIN
    -- Without a word that must be there, everything would be looked at.
    IF asked IS NULL OR numnode(asked) = 0 OR querytree(asked) IN ('', 'T') THEN
        RETURN;
    END IF;
    loose := regexp_replace(querytree(asked), '<(-|[0-9]+)>', '&', 'g')::tsquery;
    -- Of one person or of a rare tag there are few: those are read, instead of all that have the words.
    IF of_author IS NOT NULL OR (SELECT t.questions FROM forum_tags t WHERE t.tag = of_tag) <= 1000 THEN
        RETURN QUERY
        SELECT s.question_id, s.answer_id, ts_rank(s.words, asked, 1)
        FROM (
            (SELECT q.id FROM questions q
             WHERE q.author_id = of_author AND q.deleted_at IS NULL AND (of_tag IS NULL OR q.tags @> ARRAY[of_tag])
             ORDER BY q.id DESC LIMIT 1000)
            UNION ALL
            (SELECT t.question_id FROM question_tags t WHERE of_author IS NULL AND t.tag = of_tag
             ORDER BY t.question_id DESC LIMIT 1000)
        ) few
        JOIN forum_search s ON s.question_id = few.id
        WHERE s.words @@ asked
          AND (NOT open_only OR (SELECT q.answer_count FROM questions q WHERE q.id = few.id) = 0)
        ORDER BY s.question_id DESC LIMIT most;
        RETURN;
    END IF;
    WHILE top >= 0 AND found < most LOOP
        first := CASE WHEN step > cardinality(steps) THEN 0 ELSE GREATEST(top - steps[step] + 1, 0) END;
        IF step <= cardinality(steps) THEN
            place := (SELECT string_agg(quote_literal('#' || b), ' | ') FROM generate_series(first, top) AS b)::tsquery;
        END IF;
        RETURN QUERY
        SELECT f.question_id, f.answer_id, ts_rank(f.words, asked, 1)
        FROM (
            SELECT c.question_id, c.answer_id, c.words
            FROM (
                -- So many are looked at in a step, whether they turn out to be what was asked for or not: of the newest all.
                SELECT s.question_id, s.answer_id, s.words FROM forum_search s
                WHERE s.words @@ CASE WHEN step <= cardinality(steps) THEN loose && place ELSE loose END
                  AND s.question_id < (top + 1) << 12 AND s.question_id >= first << 12
                LIMIT CASE step WHEN 1 THEN 2500 ELSE 800 END
            ) c
            WHERE c.words @@ asked
              AND (of_tag IS NULL OR EXISTS (SELECT FROM question_tags t WHERE t.tag = of_tag AND t.question_id = c.question_id))
              AND (NOT open_only OR EXISTS (SELECT FROM questions q WHERE q.id = c.question_id AND q.answer_count = 0))
            ORDER BY c.question_id DESC LIMIT most - found
        ) f;
        GET DIAGNOSTICS more = ROW_COUNT;
        found := found + more;
        top := first - 1;
        step := step + 1;
    END LOOP;
END $$;
COMMENT ON FUNCTION forum_found IS 'Texts with these words, at most so many, those of newer questions first; with their rank.';

-- A beginning of a title, as a query for what is like it: two of its longest words in one text, or its only one.
CREATE FUNCTION forum_alike(title text) RETURNS tsquery
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = public, pg_temp
    AS $$
WITH longest AS (
    SELECT format('''%s''', replace(replace(l.word, '\', '\\'), '''', '''''')) AS word, row_number() OVER () AS n, count(*) OVER () AS all_of_them
    FROM (
        SELECT DISTINCT ON (w.word) w.word
        FROM unnest(tsvector_to_array(to_tsvector('forum_french', title))) AS w (word)
        WHERE to_tsvector('forum_english', w.word) <> '' ORDER BY w.word
    ) l ORDER BY char_length(l.word) DESC, l.word LIMIT 4
)
SELECT string_agg(CASE WHEN a.all_of_them = 1 THEN a.word ELSE a.word || ' & ' || b.word END, ' | ')::tsquery
FROM longest a LEFT JOIN longest b ON b.n > a.n WHERE a.all_of_them = 1 OR b.word IS NOT NULL
$$;

CREATE FUNCTION keep_question() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
BEGIN
    NEW.version := OLD.version;
    IF (NEW.title, NEW.body, NEW.tags) IS DISTINCT FROM (OLD.title, OLD.body, OLD.tags) THEN
        INSERT INTO question_versions (question_id, version, title, body, tags)
        VALUES (OLD.id, OLD.version, OLD.title, OLD.body, OLD.tags);
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER questions_keep BEFORE UPDATE ON questions FOR EACH ROW EXECUTE FUNCTION keep_question();

CREATE FUNCTION keep_answer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
BEGIN
    NEW.version := OLD.version;
    IF NEW.body IS DISTINCT FROM OLD.body THEN
        INSERT INTO answer_versions (answer_id, version, body) VALUES (OLD.id, OLD.version, OLD.body);
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answers_keep BEFORE UPDATE ON answers FOR EACH ROW EXECUTE FUNCTION keep_answer();

CREATE FUNCTION tag_question() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
DECLARE
    before text[] := CASE WHEN TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL THEN OLD.tags ELSE '{}' END;
    after text[] := CASE WHEN NEW.deleted_at IS NULL THEN NEW.tags ELSE '{}' END;
BEGIN
    IF before IS DISTINCT FROM after THEN
        DELETE FROM question_tags t WHERE t.question_id = NEW.id AND t.tag <> ALL (after);
        -- In one order, so that two questions with the same tags cannot deadlock.
        INSERT INTO forum_tags AS held (tag, questions)
        SELECT d.tag, GREATEST(d.step, 0)
        FROM (SELECT t.tag, 1 AS step FROM unnest(after) AS t (tag) WHERE t.tag <> ALL (before)
              UNION ALL SELECT t.tag, -1 FROM unnest(before) AS t (tag) WHERE t.tag <> ALL (after)) d
        WHERE d.step > 0 OR EXISTS (SELECT FROM forum_tags k WHERE k.tag = d.tag)
        ORDER BY d.tag
        ON CONFLICT ON CONSTRAINT forum_tags_pkey DO UPDATE
        SET questions = held.questions + CASE WHEN excluded.questions > 0 THEN 1 ELSE -1 END;
    END IF;
    INSERT INTO question_tags (tag, question_id, score, activity_at, answered)
    SELECT t.tag, NEW.id, NEW.up_count - NEW.down_count, NEW.activity_at, NEW.answer_count > 0 FROM unnest(after) AS t (tag)
    ON CONFLICT ON CONSTRAINT question_tags_pkey DO UPDATE
    SET score = excluded.score, activity_at = excluded.activity_at, answered = excluded.answered;
    RETURN NULL;
END $$;
CREATE TRIGGER questions_tag_new AFTER INSERT ON questions FOR EACH ROW EXECUTE FUNCTION tag_question();
CREATE TRIGGER questions_tag AFTER UPDATE ON questions FOR EACH ROW
    WHEN ((OLD.tags, OLD.up_count - OLD.down_count, OLD.activity_at, OLD.answer_count > 0, OLD.deleted_at IS NULL)
          IS DISTINCT FROM (NEW.tags, NEW.up_count - NEW.down_count, NEW.activity_at, NEW.answer_count > 0, NEW.deleted_at IS NULL))
    EXECUTE FUNCTION tag_question();

-- An answer is found as long as its question is.
CREATE FUNCTION index_question() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM forum_search s WHERE s.question_id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO forum_search (question_id, answer_id, words) VALUES (NEW.id, 0, forum_words(NEW.id, NEW.title, NEW.tags, NEW.body))
    ON CONFLICT ON CONSTRAINT forum_search_pkey DO UPDATE SET words = excluded.words;
    IF TG_OP = 'UPDATE' AND OLD.deleted_at IS NOT NULL THEN
        INSERT INTO forum_search (question_id, answer_id, words)
        SELECT a.question_id, a.id, forum_words(a.question_id, '', '{}', a.body)
        FROM answers a WHERE a.question_id = NEW.id AND a.deleted_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER questions_index_new AFTER INSERT ON questions FOR EACH ROW EXECUTE FUNCTION index_question();
CREATE TRIGGER questions_index AFTER UPDATE ON questions FOR EACH ROW
    WHEN ((OLD.title, OLD.tags, OLD.body, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.title, NEW.tags, NEW.body, NEW.deleted_at IS NULL))
    EXECUTE FUNCTION index_question();

CREATE FUNCTION index_answer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL OR (SELECT q.deleted_at IS NOT NULL FROM questions q WHERE q.id = NEW.question_id) THEN
        DELETE FROM forum_search s WHERE s.question_id = NEW.question_id AND s.answer_id = NEW.id;
    ELSE
        INSERT INTO forum_search (question_id, answer_id, words)
        VALUES (NEW.question_id, NEW.id, forum_words(NEW.question_id, '', '{}', NEW.body))
        ON CONFLICT ON CONSTRAINT forum_search_pkey DO UPDATE SET words = excluded.words;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER answers_index_new AFTER INSERT ON answers FOR EACH ROW EXECUTE FUNCTION index_answer();
CREATE TRIGGER answers_index AFTER UPDATE ON answers FOR EACH ROW
    WHEN ((OLD.body, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.body, NEW.deleted_at IS NULL))
    EXECUTE FUNCTION index_answer();

-- As they are shown: who wrote it is whoever the pseudonym says.
CREATE VIEW question_rows AS
SELECT q.id, q.author_id, q.pseudonym, u.first_name || ' ' || u.last_name AS author_name, u.role AS author_role,
       q.title, q.body, q.tags, q.version, q.change, q.score, q.up_count, q.down_count, q.answer_count, q.accepted_answer_id,
       q.activity_at, q.created_at, q.edited_at, q.deleted_at
FROM questions q JOIN users u ON u.id = q.author_id;

CREATE VIEW answer_rows AS
SELECT a.id, a.question_id, a.author_id, q.author_id AS asker_id, CASE WHEN a.author_id = q.author_id THEN q.pseudonym END AS pseudonym,
       u.first_name || ' ' || u.last_name AS author_name, u.role AS author_role, a.body, a.version, a.change, a.score, a.up_count,
       a.down_count, COALESCE(q.accepted_answer_id = a.id, false) AS accepted, a.created_at, a.edited_at,
       COALESCE(a.deleted_at, q.deleted_at) AS deleted_at
FROM answers a JOIN questions q ON q.id = a.question_id JOIN users u ON u.id = a.author_id;
