-- People: who they are, how they log in, whom they may talk to.

-- name: list_bearers(user_ids, external_ids, session_ids, greeted, kinds)
-- Everything that decides about tokens, in one look for many: each names its user by either key, and its session if it has
-- one. `session_alive` is NULL when there is no such session of this user; `unread` is counted for those who are greeted.
-- One row for each that names somebody; `n` says which.
SELECT asked.n::integer, u.id AS user_id, u.role, u.disabled_at IS NOT NULL AS disabled,
       s.ended_at IS NULL AND s.expires_at > clock_timestamp() AS session_alive, s.id IS NOT NULL AS session_known,
       CASE WHEN asked.greeted THEN (
           SELECT COALESCE(sum(p.unread), 0)::bigint
           FROM participants p JOIN conversations c ON c.id = p.conversation_id
           WHERE p.user_id = u.id AND p.left_at IS NULL AND c.kind = ANY (:kinds)) END AS unread
FROM unnest(:user_ids::bigint[], :external_ids::text[], :session_ids::uuid[], :greeted::boolean[])
    WITH ORDINALITY AS asked (user_id, external_id, session_id, greeted, n)
CROSS JOIN LATERAL (
    SELECT k.id, k.role, k.disabled_at FROM users k WHERE k.id = asked.user_id
    UNION ALL
    SELECT k.id, k.role, k.disabled_at FROM users k WHERE k.external_id = asked.external_id AND asked.user_id IS NULL
) u
LEFT JOIN sessions s ON s.id = asked.session_id AND s.user_id = u.id;

-- name: find_credentials_by_username(username)^
SELECT u.id AS user_id, u.password_hash, u.disabled_at IS NOT NULL AS disabled FROM users u WHERE lower(u.username) = lower(:username);

-- name: find_credentials(user_id)^
SELECT u.id AS user_id, u.password_hash, u.disabled_at IS NOT NULL AS disabled FROM users u WHERE u.id = :user_id;

-- name: replace_password(user_id, password_hash, expected_hash)!
-- 0 rows when somebody else replaced it meanwhile.
UPDATE users SET password_hash = :password_hash, updated_at = clock_timestamp()
WHERE id = :user_id AND password_hash = :expected_hash;

-- name: set_password(user_id, password_hash)!
UPDATE users SET password_hash = :password_hash, updated_at = clock_timestamp() WHERE id = :user_id;

-- name: find_user(user_id)^
SELECT u.id, u.external_id, u.username, u.first_name, u.last_name, u.email, u.role, u.disabled_at,
       u.password_hash IS NOT NULL AS has_password, u.last_seen_at, u.created_at, u.updated_at
FROM users u WHERE u.id = :user_id;

-- name: lock_user(user_id, external_id)^
-- By either key. Inside a transaction only.
SELECT u.id, u.external_id, u.username, u.first_name, u.last_name, u.email, u.role, u.disabled_at,
       u.password_hash IS NOT NULL AS has_password, u.last_seen_at, u.created_at, u.updated_at
FROM users u WHERE u.id = :user_id::bigint OR u.external_id = :external_id::text
FOR NO KEY UPDATE;

-- name: insert_user(external_id, username, first_name, last_name, email, role, disabled, password_hash)$
-- No row when the external id or the user name is taken.
INSERT INTO users (external_id, username, first_name, last_name, email, role, disabled_at, password_hash)
VALUES (:external_id, :username, :first_name, :last_name, :email, :role,
        CASE WHEN :disabled THEN clock_timestamp() END, :password_hash)
ON CONFLICT DO NOTHING RETURNING id;

-- name: update_user(user_id, username, first_name, last_name, email, role, disabled)!
-- 0 rows when it is so already.
UPDATE users
SET username = :username, first_name = :first_name, last_name = :last_name, email = :email, role = :role,
    disabled_at = CASE WHEN :disabled THEN COALESCE(disabled_at, clock_timestamp()) END, updated_at = clock_timestamp()
WHERE id = :user_id
  AND (username, first_name, last_name, email, role, disabled_at IS NOT NULL)
      IS DISTINCT FROM (:username::text, :first_name::text, :last_name::text, :email::text, :role::text, :disabled::boolean);

-- name: role_in_use(user_id)$
-- Whether conversations, contexts or open links stand on this person's role.
SELECT EXISTS (SELECT FROM conversations c WHERE c.first_user_id = :user_id)
    OR EXISTS (SELECT FROM conversations c WHERE c.second_user_id = :user_id)
    OR EXISTS (SELECT FROM care_links l WHERE l.patient_id = :user_id AND l.until IS NULL)
    OR EXISTS (SELECT FROM care_links l WHERE l.doctor_id = :user_id AND l.until IS NULL)
    OR EXISTS (SELECT FROM contexts x WHERE x.patient_id = :user_id)
    OR EXISTS (SELECT FROM contexts x WHERE x.doctor_id = :user_id);

-- name: list_users(q, role, disabled, before, limit)
-- Latest first, by keyset on the id. Each word of `q` must be in the name, or nearly; or `q` is an e-mail or external id.
SELECT u.id, u.external_id, u.username, u.first_name, u.last_name, u.email, u.role, u.disabled_at,
       u.password_hash IS NOT NULL AS has_password, u.last_seen_at, u.created_at, u.updated_at
FROM users u
WHERE (:before::bigint IS NULL OR u.id < :before::bigint)
  AND (:role::text IS NULL OR u.role = :role::text)
  AND (:disabled::boolean IS NULL OR (u.disabled_at IS NOT NULL) = :disabled::boolean)
  AND (:q::text IS NULL OR u.external_id = :q::text OR lower(u.email) = lower(:q::text)
       OR NOT EXISTS (SELECT FROM regexp_split_to_table(fold(:q::text), '\s+') AS word
                      WHERE strpos(u.search_name, word) = 0 AND word_similarity(word, u.search_name) <= 0.3))
ORDER BY u.id DESC LIMIT :limit;

-- name: list_care_partners(viewer_id, q, role, before, limit)
-- Whom the viewer may talk to because of an open care link: a few, or some thousands. Best match first, then by name.
-- Each word of `q` (folded by the database, parted by single blanks) counts 2 at the beginning of a name's word, 1 inside; the
-- worst one decides. Likeness counts only when nobody matches exactly.
-- Keyset: `before` is the last person of the page before, whose place is computed anew.
WITH partners AS MATERIALIZED (
    SELECT u.id, u.username, u.first_name, u.last_name, u.role, u.email, u.sort_name, u.search_name, exact.score
    FROM (
        SELECT l.doctor_id AS id FROM care_links l WHERE l.patient_id = :viewer_id AND l.until IS NULL
        UNION ALL
        SELECT l.patient_id FROM care_links l WHERE l.doctor_id = :viewer_id AND l.until IS NULL
    ) linked JOIN users u ON u.id = linked.id
    CROSS JOIN LATERAL (
        SELECT min(CASE WHEN strpos(' ' || u.search_name, ' ' || word) > 0 THEN 2
                        WHEN strpos(u.search_name, word) > 0 THEN 1 ELSE 0 END) AS score
        FROM unnest(string_to_array(fold(:q), ' ')) AS word
    ) exact
    WHERE u.disabled_at IS NULL AND (:role::text IS NULL OR u.role = :role::text)
), ranked AS (
    SELECT p.*, -COALESCE(p.score, 2) AS rank FROM partners p WHERE COALESCE(p.score, 2) > 0
    UNION ALL
    SELECT p.*, -alike.score FROM partners p
    CROSS JOIN LATERAL (
        SELECT min(word_similarity(word, p.search_name)) AS score FROM unnest(string_to_array(fold(:q), ' ')) AS word
    ) alike
    WHERE alike.score > 0.3 AND NOT EXISTS (SELECT FROM partners x WHERE COALESCE(x.score, 2) > 0)
)
SELECT r.id, r.username, r.first_name, r.last_name, r.role, r.email, pair.conversation_id
FROM (
    -- Sorted before the conversations are looked up, so that this ends with the page.
    SELECT p.* FROM ranked p
    WHERE :before::bigint IS NULL
       OR (p.rank, p.sort_name, p.id) > (SELECT b.rank, b.sort_name, b.id FROM ranked b WHERE b.id = :before::bigint)
    ORDER BY p.rank, p.sort_name, p.id OFFSET 0
) r
LEFT JOIN LATERAL (
    SELECT c.id AS conversation_id, bool_or(p.left_at IS NOT NULL) AS broken
    FROM conversations c JOIN participants p ON p.conversation_id = c.id
    WHERE c.context_type IS NULL
      AND ((c.first_user_id = r.id AND c.second_user_id = :viewer_id) OR (c.first_user_id = :viewer_id AND c.second_user_id = r.id))
    GROUP BY c.id
) pair ON true
WHERE pair.broken IS NOT TRUE
ORDER BY r.rank, r.sort_name, r.id LIMIT :limit;

-- name: list_role_partners(viewer_id, role, before, limit)
-- Everybody in the role, by name.
SELECT u.id, u.username, u.first_name, u.last_name, u.role, u.email, pair.conversation_id
FROM users u
LEFT JOIN LATERAL (
    SELECT c.id AS conversation_id, bool_or(p.left_at IS NOT NULL) AS broken
    FROM conversations c JOIN participants p ON p.conversation_id = c.id
    WHERE c.context_type IS NULL
      AND ((c.first_user_id = u.id AND c.second_user_id = :viewer_id) OR (c.first_user_id = :viewer_id AND c.second_user_id = u.id))
    GROUP BY c.id
) pair ON true
WHERE u.role = :role AND u.disabled_at IS NULL AND u.id <> :viewer_id AND pair.broken IS NOT TRUE
  AND (:before::bigint IS NULL OR (u.sort_name, u.id) > (SELECT b.sort_name, b.id FROM users b WHERE b.id = :before::bigint))
ORDER BY u.sort_name, u.id LIMIT :limit;

-- name: search_role_partners(viewer_id, q, longest, second, role, before, limit)
-- The same as list_care_partners among everybody in a role, who may be many: each kind of match stops at one page, and the
-- next kind is looked for only when there is room. `longest`, `second`: the words of `q` that tell
-- most, for the index; the same one twice where there is one.
WITH broken AS MATERIALIZED (
    SELECT CASE WHEN c.first_user_id = :viewer_id THEN c.second_user_id ELSE c.first_user_id END AS id
    FROM conversations c JOIN participants p ON p.conversation_id = c.id AND p.left_at IS NOT NULL
    WHERE c.context_type IS NULL AND (c.first_user_id = :viewer_id OR c.second_user_id = :viewer_id)
), place AS MATERIALIZED (
    SELECT b.id, b.sort_name, found.exact, found.likeness
    FROM users b CROSS JOIN LATERAL (
        SELECT min(CASE WHEN strpos(' ' || b.search_name, ' ' || word) > 0 THEN 2 WHEN strpos(b.search_name, word) > 0 THEN 1 ELSE 0 END)
                   AS exact, min(word_similarity(word, b.search_name)) AS likeness
        FROM unnest(string_to_array(fold(:q), ' ')) AS word
    ) found WHERE b.id = :before::bigint
), beginning AS MATERIALIZED (
    SELECT u.*, 2::real AS score FROM users u
    WHERE u.role = :role AND u.disabled_at IS NULL AND u.id <> :viewer_id AND u.id <> ALL (ARRAY(SELECT broken.id FROM broken))
      AND ' ' || u.search_name LIKE '%% ' || regexp_replace(fold(:longest), '([\\%%_])', '\\\1', 'g') || '%%'
      AND ' ' || u.search_name LIKE '%% ' || regexp_replace(fold(:second), '([\\%%_])', '\\\1', 'g') || '%%'
      AND NOT EXISTS (SELECT FROM unnest(string_to_array(fold(:q), ' ')) AS word WHERE strpos(' ' || u.search_name, ' ' || word) = 0)
      AND (:before::bigint IS NULL
           OR (SELECT place.exact = 2 FROM place) AND (u.sort_name, u.id) > (SELECT place.sort_name, place.id FROM place))
    ORDER BY u.sort_name, u.id LIMIT :limit
), inside AS MATERIALIZED (
    SELECT u.*, 1::real AS score FROM users u
    WHERE (SELECT count(*) FROM beginning) < :limit AND char_length(:longest) > 2
      AND u.role = :role AND u.disabled_at IS NULL AND u.id <> :viewer_id AND u.id <> ALL (ARRAY(SELECT broken.id FROM broken))
      AND ' ' || u.search_name LIKE '%%' || regexp_replace(fold(:longest), '([\\%%_])', '\\\1', 'g') || '%%'
      AND ' ' || u.search_name LIKE '%%' || regexp_replace(fold(:second), '([\\%%_])', '\\\1', 'g') || '%%'
      AND NOT EXISTS (SELECT FROM unnest(string_to_array(fold(:q), ' ')) AS word WHERE strpos(u.search_name, word) = 0)
      AND EXISTS (SELECT FROM unnest(string_to_array(fold(:q), ' ')) AS word WHERE strpos(' ' || u.search_name, ' ' || word) = 0)
      AND (:before::bigint IS NULL OR (SELECT place.exact = 2 FROM place)
           OR (SELECT place.exact = 1 FROM place) AND (u.sort_name, u.id) > (SELECT place.sort_name, place.id FROM place))
    ORDER BY u.sort_name, u.id LIMIT :limit
), alike AS MATERIALIZED (
    SELECT u.*, near.score FROM users u
    CROSS JOIN LATERAL (
        SELECT min(word_similarity(word, u.search_name)) AS score FROM unnest(string_to_array(fold(:q), ' ')) AS word
    ) near
    WHERE NOT EXISTS (SELECT FROM beginning) AND NOT EXISTS (SELECT FROM inside) AND COALESCE((SELECT place.exact = 0 FROM place), true)
      AND u.role = :role AND u.disabled_at IS NULL AND u.id <> :viewer_id AND u.id <> ALL (ARRAY(SELECT broken.id FROM broken))
      AND fold(:longest) <%% (' ' || u.search_name) AND near.score > 0.3
      AND (:before::bigint IS NULL
           OR (-near.score, u.sort_name, u.id) > (SELECT -place.likeness, place.sort_name, place.id FROM place))
    ORDER BY near.score DESC, u.sort_name, u.id LIMIT :limit
)
SELECT r.id, r.username, r.first_name, r.last_name, r.role, r.email, pair.conversation_id
FROM (SELECT * FROM beginning UNION ALL SELECT * FROM inside UNION ALL SELECT * FROM alike) r
LEFT JOIN LATERAL (
    SELECT c.id AS conversation_id, bool_or(p.left_at IS NOT NULL) AS broken
    FROM conversations c JOIN participants p ON p.conversation_id = c.id
    WHERE c.context_type IS NULL
      AND ((c.first_user_id = r.id AND c.second_user_id = :viewer_id) OR (c.first_user_id = :viewer_id AND c.second_user_id = r.id))
    GROUP BY c.id
) pair ON true
ORDER BY r.score DESC, r.sort_name, r.id LIMIT :limit;
