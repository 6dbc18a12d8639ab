-- The directory of mentors: what they say of themselves, and what is needed to find them by it. See ADR 0032.

-- Words without accents, case and punctuation, parted by single blanks.
CREATE FUNCTION plain_words(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT btrim(regexp_replace(public.fold(value), '[^[:alnum:]]+', ' ', 'g')) $$;

-- array_to_string() is only STABLE because of what arrays may hold; text is text.
CREATE FUNCTION joined_words(parts text[]) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT public.plain_words(array_to_string(parts, ' ')) $$;

-- O'Neill is looked for as oneill too, and Jean-Marc as jeanmarc.
CREATE FUNCTION spelt_names(name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT name || ' ' || translate(name, '''’-', '') $$;

-- Where in a text a word stands is of no use here, and takes most of the room.
CREATE FUNCTION mentor_words_of(plain text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT strip(to_tsvector('pg_catalog.simple', plain)) $$;

-- Everything a list is filtered by, as one set of words: `c:FR`, `s:cardiologie`, `l:fr`, `a:available`.
CREATE FUNCTION mentor_tags(country text, specialties text[], languages text[], availability text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT array_remove(ARRAY['a:' || availability, 'c:' || country], NULL)
        || ARRAY(SELECT DISTINCT 's:' || public.plain_words(s.label) FROM unnest(specialties) AS s (label))
        || ARRAY(SELECT DISTINCT 'l:' || l.code FROM unnest(languages) AS l (code))
    $$;

-- Who has time comes first.
CREATE FUNCTION mentor_rank(availability text) RETURNS smallint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT CASE availability WHEN 'available' THEN 0 WHEN 'limited' THEN 1 ELSE 2 END::smallint $$;

CREATE TABLE mentor_profiles (
    user_id bigint CONSTRAINT mentor_profiles_pkey PRIMARY KEY CONSTRAINT mentor_profiles_user_fkey REFERENCES users,
    -- Of the person, so that one index finds by what they are called and by what they do. Kept by a trigger on users.
    name text NOT NULL,
    sort_name text NOT NULL,
    listed boolean NOT NULL,
    headline text NOT NULL DEFAULT '' CONSTRAINT mentor_profiles_headline_size CHECK (char_length(headline) <= 160),
    bio text NOT NULL DEFAULT '' CONSTRAINT mentor_profiles_bio_size CHECK (char_length(bio) <= 4000),
    country text CONSTRAINT mentor_profiles_country_code CHECK (country ~ '^[A-Z]{2}$'),
    specialties text[] NOT NULL DEFAULT '{}' CONSTRAINT mentor_profiles_specialties_few CHECK (cardinality(specialties) <= 10),
    languages text[] NOT NULL DEFAULT '{}' CONSTRAINT mentor_profiles_languages_few CHECK (cardinality(languages) <= 10),
    availability text NOT NULL DEFAULT 'available'
        CONSTRAINT mentor_profiles_availability_known CHECK (availability IN ('available', 'limited', 'unavailable')),
    -- Of others' questions, as the forum has them now. Kept by a trigger on questions.
    answers_accepted integer NOT NULL DEFAULT 0 CONSTRAINT mentor_profiles_answers_positive CHECK (answers_accepted >= 0),
    response_seconds integer,
    measured_at timestamptz,
    picture_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rank smallint NOT NULL GENERATED ALWAYS AS (mentor_rank(availability)) STORED,
    tags text[] NOT NULL GENERATED ALWAYS AS (mentor_tags(country, specialties, languages, availability)) STORED,
    name_words tsvector NOT NULL GENERATED ALWAYS AS (mentor_words_of(plain_words(spelt_names(name)))) STORED,
    title_words tsvector NOT NULL
        GENERATED ALWAYS AS (mentor_words_of(plain_words(spelt_names(name) || ' ' || headline) || ' ' || joined_words(specialties))) STORED,
    words tsvector NOT NULL GENERATED ALWAYS AS (
        mentor_words_of(plain_words(spelt_names(name) || ' ' || headline || ' ' || bio) || ' ' || joined_words(specialties))) STORED
);
COMMENT ON TABLE mentor_profiles IS 'What mentors say of themselves. Public to everybody who can sign in, so in plain text, as names are.';
COMMENT ON COLUMN mentor_profiles.response_seconds IS 'The median of their latest answers in conversations; NULL when there are too few.';
-- The order of the directory: who has time first, then who helped most, then by name.
CREATE INDEX mentor_profiles_in_order ON mentor_profiles (rank, (-answers_accepted), sort_name, user_id) WHERE listed;
CREATE INDEX mentor_profiles_tags ON mentor_profiles USING gin (tags) WHERE listed;
CREATE INDEX mentor_profiles_by_name ON mentor_profiles USING gin (name_words) WHERE listed;
CREATE INDEX mentor_profiles_by_title ON mentor_profiles USING gin (title_words) WHERE listed;
CREATE INDEX mentor_profiles_by_words ON mentor_profiles USING gin (words) WHERE listed;
ALTER TABLE mentor_profiles ALTER COLUMN tags SET STATISTICS 400;

CREATE TABLE mentor_pictures (
    user_id bigint CONSTRAINT mentor_pictures_pkey PRIMARY KEY CONSTRAINT mentor_pictures_profile_fkey REFERENCES mentor_profiles,
    content bytea NOT NULL CONSTRAINT mentor_pictures_small CHECK (octet_length(content) BETWEEN 1 AND 200000)
);
ALTER TABLE mentor_pictures ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE mentor_pictures IS 'Small JPEGs that the server itself has drawn from what was sent.';

-- The words that there are: what is not among them was mistyped, and is looked for by its letters here, not in every text.
CREATE TABLE mentor_words (
    word text COLLATE "C" CONSTRAINT mentor_words_pkey PRIMARY KEY
);
CREATE INDEX mentor_words_letters ON mentor_words USING gin (word gin_trgm_ops);
COMMENT ON TABLE mentor_words IS 'Of profiles, folded. A word goes with the last profile that has it.';

-- How a specialty is written; the filter and the counts know it by its plain words.
CREATE TABLE mentor_specialties (
    tag text COLLATE "C" CONSTRAINT mentor_specialties_pkey PRIMARY KEY,
    label text NOT NULL
);
COMMENT ON TABLE mentor_specialties IS 'As whoever named it first wrote it. Goes with the last profile that has it.';

-- Takes note of the words and specialties that came to a profile, and of those that left the last one. Numbers would be exact whoever
-- changes what at once, and one row for each common word that all of them wait for: a word too few is found again at the next change.
CREATE FUNCTION learn_mentor_words() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
BEGIN
    INSERT INTO mentor_words (word)
    SELECT w.word FROM unnest(tsvector_to_array(NEW.words)) AS w (word)
    WHERE char_length(w.word) BETWEEN 3 AND 40 AND NOT EXISTS (SELECT FROM mentor_words k WHERE k.word = w.word)
    ORDER BY w.word COLLATE "C" -- two who bring the same words wait for each other in one order
    ON CONFLICT DO NOTHING;
    INSERT INTO mentor_specialties (tag, label)
    SELECT DISTINCT ON (1) ('s:' || plain_words(s.label)) COLLATE "C", s.label FROM unnest(NEW.specialties) AS s (label) ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM mentor_words k USING unnest(tsvector_to_array(OLD.words)) AS w (word)
        WHERE k.word = w.word AND NOT NEW.words @@ quote_literal(w.word)::tsquery
          AND NOT EXISTS (SELECT FROM mentor_profiles m WHERE m.listed AND m.words @@ quote_literal(w.word)::tsquery);
        DELETE FROM mentor_specialties k USING unnest(OLD.tags) AS t (tag)
        WHERE k.tag = t.tag AND NEW.tags <> OLD.tags AND NOT t.tag = ANY (NEW.tags)
          AND NOT EXISTS (SELECT FROM mentor_profiles m WHERE m.listed AND m.tags @> ARRAY[t.tag]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mentor_profiles_learn_new AFTER INSERT ON mentor_profiles FOR EACH ROW EXECUTE FUNCTION learn_mentor_words();
CREATE TRIGGER mentor_profiles_learn AFTER UPDATE OF name, headline, bio, specialties ON mentor_profiles
    FOR EACH ROW EXECUTE FUNCTION learn_mentor_words();

-- Whoever is a mentor has a profile, however they became one; who is none any more, or disabled, is not listed. Of who was erased
-- nothing stays that they said of themselves.
CREATE FUNCTION follow_mentor() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
BEGIN
    INSERT INTO mentor_profiles AS m (user_id, name, sort_name, listed, answers_accepted)
    SELECT NEW.id, NEW.first_name || ' ' || NEW.last_name, NEW.sort_name, NEW.role = 'mentor' AND NEW.disabled_at IS NULL, count(a.id)
    FROM answers a JOIN questions q ON q.accepted_answer_id = a.id AND q.author_id <> a.author_id WHERE a.author_id = NEW.id
    ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, sort_name = excluded.sort_name, listed = excluded.listed;
    IF NEW.erased_at IS NOT NULL THEN
        DELETE FROM mentor_pictures a WHERE a.user_id = NEW.id;
        UPDATE mentor_profiles m
        SET headline = '', bio = '', country = NULL, specialties = '{}', languages = '{}', response_seconds = NULL, picture_at = NULL
        WHERE m.user_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER users_new_mentor AFTER INSERT ON users FOR EACH ROW WHEN (NEW.role = 'mentor') EXECUTE FUNCTION follow_mentor();
CREATE TRIGGER users_changed_mentor AFTER UPDATE OF first_name, last_name, role, disabled_at, erased_at ON users
    FOR EACH ROW WHEN (NEW.role = 'mentor' OR OLD.role = 'mentor') EXECUTE FUNCTION follow_mentor();

INSERT INTO mentor_profiles (user_id, name, sort_name, listed, answers_accepted)
SELECT u.id, u.first_name || ' ' || u.last_name, u.sort_name, u.disabled_at IS NULL,
       (SELECT count(*) FROM answers a JOIN questions q ON q.accepted_answer_id = a.id AND q.author_id <> a.author_id
        WHERE a.author_id = u.id)
FROM users u WHERE u.role = 'mentor' ORDER BY u.id;

-- All of `words` (of `q`, where there are none), each from its beginning; a word may be several, `cardiologie|cardiologue`, of which one will do. NULL: no words.
CREATE FUNCTION mentor_query(words text[], q text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT string_agg(
        '(' || (SELECT string_agg('''' || a.word || ''':*', ' | ') FROM unnest(string_to_array(w.word, '|')) AS a (word)) || ')', ' & ')::tsquery
    FROM unnest(COALESCE(words, string_to_array(NULLIF(public.plain_words(q), ''), ' '))) AS w (word)
    $$;
