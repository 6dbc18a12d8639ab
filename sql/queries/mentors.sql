-- Mentors: the directory, what they say of themselves, how quickly they answer.

-- name: list_mentors(country, specialties, languages, availability, before_rank, before_merit, before_name, before_id, limit)
-- Of those that have all that is asked for, in the order of the directory. Availability is part of that order: the index begins there.
SELECT m.user_id AS id, u.username, u.first_name, u.last_name, m.headline, m.country, m.specialties, m.languages, m.availability,
       m.answers_accepted, m.response_seconds, m.picture_at, m.updated_at, 0 AS kind, m.rank, m.sort_name
FROM (
    SELECT * FROM mentor_profiles p
    WHERE p.listed AND p.tags @> mentor_tags(:country::text, :specialties::text[], :languages::text[], NULL)
      AND (:availability::text IS NULL OR p.rank = mentor_rank(:availability))
      AND (:before_id::bigint IS NULL
           OR (p.rank, -p.answers_accepted, p.sort_name, p.user_id) > (:before_rank, :before_merit, :before_name, :before_id::bigint))
    ORDER BY p.rank, -p.answers_accepted, p.sort_name, p.user_id LIMIT :limit
) m JOIN users u ON u.id = m.user_id
ORDER BY m.rank, -m.answers_accepted, m.sort_name, m.user_id;

-- name: search_mentors(q, words, deep, country, specialties, languages, availability, before_kind, before_rank, before_merit, before_name, before_id, limit)
-- By `words` as mentor_query() takes them, or by those of `q`. Who is called so comes first (kind 0), then whose headline or specialty
-- says it (1), then whose bio does (2, unless `deep` is false: letters that begin half of all words). Each kind stops at one page,
-- and the next one is only looked for when there is room. The words are spelt out in each place: what is constant to the planner tells
-- it whether a word is rare, to be looked up, or common, to be met soon in the order of the directory.
WITH called AS MATERIALIZED (
    SELECT p.*, 0 AS kind FROM mentor_profiles p
    WHERE p.listed AND p.tags @> mentor_tags(:country::text, :specialties::text[], :languages::text[], NULL)
      AND (:availability::text IS NULL OR p.rank = mentor_rank(:availability)) AND p.name_words @@ mentor_query(:words::text[], :q)
      AND (:before_kind::integer IS NULL
           OR :before_kind::integer = 0
              AND (p.rank, -p.answers_accepted, p.sort_name, p.user_id) > (:before_rank, :before_merit, :before_name, :before_id::bigint))
    ORDER BY p.rank, -p.answers_accepted, p.sort_name, p.user_id LIMIT :limit
), titled AS MATERIALIZED (
    SELECT p.*, 1 AS kind FROM mentor_profiles p
    WHERE (SELECT count(*) FROM called) < :limit
      AND p.listed AND p.tags @> mentor_tags(:country::text, :specialties::text[], :languages::text[], NULL)
      AND (:availability::text IS NULL OR p.rank = mentor_rank(:availability)) AND p.title_words @@ mentor_query(:words::text[], :q)
      AND NOT p.name_words @@ mentor_query(:words::text[], :q)
      AND (COALESCE(:before_kind::integer, 0) < 1
           OR :before_kind::integer = 1
              AND (p.rank, -p.answers_accepted, p.sort_name, p.user_id) > (:before_rank, :before_merit, :before_name, :before_id::bigint))
    ORDER BY p.rank, -p.answers_accepted, p.sort_name, p.user_id LIMIT :limit
), mentioned AS MATERIALIZED (
    SELECT p.*, 2 AS kind FROM mentor_profiles p
    WHERE :deep AND (SELECT count(*) FROM called) + (SELECT count(*) FROM titled) < :limit
      AND p.listed AND p.tags @> mentor_tags(:country::text, :specialties::text[], :languages::text[], NULL)
      AND (:availability::text IS NULL OR p.rank = mentor_rank(:availability)) AND p.words @@ mentor_query(:words::text[], :q)
      AND NOT p.title_words @@ mentor_query(:words::text[], :q)
      AND (COALESCE(:before_kind::integer, 0) < 2
           OR (p.rank, -p.answers_accepted, p.sort_name, p.user_id) > (:before_rank, :before_merit, :before_name, :before_id::bigint))
    ORDER BY p.rank, -p.answers_accepted, p.sort_name, p.user_id LIMIT :limit
)
SELECT m.user_id AS id, u.username, u.first_name, u.last_name, m.headline, m.country, m.specialties, m.languages, m.availability,
       m.answers_accepted, m.response_seconds, m.picture_at, m.updated_at, m.kind, m.rank, m.sort_name
FROM (SELECT * FROM called UNION ALL SELECT * FROM titled UNION ALL SELECT * FROM mentioned) m
JOIN users u ON u.id = m.user_id
ORDER BY m.kind, m.rank, -m.answers_accepted, m.sort_name, m.user_id LIMIT :limit;

-- name: meant_mentor_words(q)$
-- The words of `q` as mentor_query() takes them: those that no profile has, with the ones that are most like them.
SELECT array_agg(CASE WHEN known.there THEN asked.word ELSE concat_ws('|', asked.word, alike.words) END ORDER BY asked.n)
FROM unnest(string_to_array(NULLIF(plain_words(:q), ''), ' ')) WITH ORDINALITY AS asked (word, n)
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM mentor_words w WHERE w.word LIKE asked.word || '%%') AS there) known
LEFT JOIN LATERAL (
    SELECT string_agg(near.word, '|') AS words FROM (
        SELECT w.word FROM mentor_words w WHERE NOT known.there AND w.word %% asked.word
        ORDER BY similarity(w.word, asked.word) DESC, w.word LIMIT 4
    ) near
) alike ON true;

-- name: count_mentor_tags(q, words, deep, country, specialties, languages, availability, letters)
-- How many of those that have all that is asked for have which tags, of the kinds whose letters are given. Without `q`: of all.
-- Taken apart and counted as they come, and only then told by their letters: that is half the work.
SELECT t.tag, s.label, t.mentors
FROM (
    SELECT one.tag, count(*) AS mentors
    FROM (
        SELECT unnest(p.tags) AS tag FROM mentor_profiles p
        WHERE p.listed AND p.tags @> mentor_tags(:country::text, :specialties::text[], :languages::text[], NULL)
          AND (:availability::text IS NULL OR p.rank = mentor_rank(:availability))
          AND (:q::text IS NULL
               OR CASE WHEN :deep THEN p.words ELSE p.title_words END
                  @@ mentor_query(:words::text[], :q))
    ) one
    GROUP BY one.tag
) t LEFT JOIN mentor_specialties s ON s.tag = t.tag
WHERE left(t.tag, 1) = ANY (:letters::text[])
ORDER BY t.mentors DESC, t.tag;

-- name: find_mentor(mentor_id, viewer_id)^
-- One that is listed, with the conversation that the viewer has with them.
SELECT m.user_id AS id, u.username, u.first_name, u.last_name, m.headline, m.country, m.specialties, m.languages, m.availability,
       m.answers_accepted, m.response_seconds, m.picture_at, m.updated_at, 0 AS kind, m.rank, m.sort_name, m.bio,
       u.created_at AS member_since,
       (SELECT c.id FROM conversations c JOIN participants me ON me.conversation_id = c.id AND me.user_id = :viewer_id AND me.left_at IS NULL
        WHERE c.second_user_id = m.user_id AND c.first_user_id = :viewer_id AND c.context_type IS NULL AND c.shredded_at IS NULL
       ) AS conversation_id
FROM mentor_profiles m JOIN users u ON u.id = m.user_id
WHERE m.user_id = :mentor_id AND m.listed;

-- name: change_mentor(user_id, headline, bio, country, clear_country, specialties, languages, availability)!
-- NULL leaves what is there.
UPDATE mentor_profiles
SET headline = COALESCE(:headline::text, headline), bio = COALESCE(:bio::text, bio),
    country = CASE WHEN :clear_country THEN NULL ELSE COALESCE(:country::text, country) END,
    specialties = COALESCE(:specialties::text[], specialties), languages = COALESCE(:languages::text[], languages),
    availability = COALESCE(:availability::text, availability), updated_at = clock_timestamp()
WHERE user_id = :user_id AND listed;

-- name: keep_mentor_picture(user_id, content)!
WITH kept AS (
    INSERT INTO mentor_pictures (user_id, content) VALUES (:user_id, :content)
    ON CONFLICT (user_id) DO UPDATE SET content = excluded.content
)
UPDATE mentor_profiles SET picture_at = clock_timestamp(), updated_at = clock_timestamp() WHERE user_id = :user_id;

-- name: drop_mentor_picture(user_id)!
WITH dropped AS (DELETE FROM mentor_pictures WHERE user_id = :user_id)
UPDATE mentor_profiles SET picture_at = NULL, updated_at = clock_timestamp() WHERE user_id = :user_id AND picture_at IS NOT NULL;

-- name: find_mentor_picture(mentor_id)$
SELECT a.content FROM mentor_pictures a JOIN mentor_profiles m ON m.user_id = a.user_id
WHERE a.user_id = :mentor_id AND m.listed;

-- name: measure_responses(after_id, window, days, least)$
-- The median time from the first message of a mentee's turn to the mentor's answer, over the latest messages of each conversation, for
-- those mentors whose conversations went on since they were measured, or that were measured a day ago. Returns the last one looked at.
WITH looked AS MATERIALIZED (
    SELECT m.user_id, m.measured_at FROM mentor_profiles m WHERE m.user_id > :after_id ORDER BY m.user_id LIMIT :window
), due AS MATERIALIZED (
    SELECT l.user_id FROM looked l
    WHERE l.measured_at IS NULL OR l.measured_at < clock_timestamp() - interval '1 day'
       OR EXISTS (SELECT FROM conversations c
                  WHERE c.second_user_id = l.user_id AND c.kind = 'mentoring' AND c.last_message_at >= l.measured_at)
), said AS (
    SELECT c.second_user_id AS mentor_id, m.conversation_id, m.seq, m.sent_at, m.sender_id = c.second_user_id AS by_mentor
    FROM due JOIN conversations c ON c.second_user_id = due.user_id AND c.kind = 'mentoring'
         AND c.last_message_at > clock_timestamp() - make_interval(days => :days)
    CROSS JOIN LATERAL (
        SELECT k.conversation_id, k.seq, k.sent_at, k.sender_id FROM messages k
        WHERE k.conversation_id = c.id AND k.sender_id IS NOT NULL ORDER BY k.seq DESC LIMIT 60
    ) m
    WHERE m.sent_at > clock_timestamp() - make_interval(days => :days)
), begun AS (
    SELECT s.*, s.by_mentor IS DISTINCT FROM lag(s.by_mentor) OVER talk AS begins, lag(s.seq) OVER talk IS NULL AND s.seq > 1 AS cut
    FROM said s WINDOW talk AS (PARTITION BY s.conversation_id ORDER BY s.seq)
), turns AS (
    -- Only the first message of each turn; the first of all may have lost its beginning.
    SELECT b.mentor_id, b.by_mentor, b.cut, b.sent_at, lead(b.sent_at) OVER (PARTITION BY b.conversation_id ORDER BY b.seq) AS answered_at
    FROM begun b WHERE b.begins
), medians AS (
    SELECT t.mentor_id, CASE WHEN count(*) >= :least THEN
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.answered_at - t.sent_at)::float8)::integer END AS seconds
    FROM turns t WHERE NOT t.by_mentor AND NOT t.cut AND t.answered_at IS NOT NULL GROUP BY t.mentor_id
), measured AS (
    UPDATE mentor_profiles m
    SET measured_at = clock_timestamp(), response_seconds = (SELECT d.seconds FROM medians d WHERE d.mentor_id = m.user_id)
    FROM due WHERE m.user_id = due.user_id
)
SELECT max(looked.user_id) FROM looked;
