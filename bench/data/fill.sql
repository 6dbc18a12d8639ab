-- A made-up clinic of any size, as skewed as real ones. Rules instead of a random generator wherever counters must agree with rows:
-- every third message is the second person's, so that what is unread can be counted without looking.
-- Roles by id: one in twenty a doctor, one in fifty a mentor, a fifth members, the rest patients.

-- step: people
INSERT INTO users (username, external_id, first_name, last_name, email, role, created_at)
SELECT 'u' || to_hex(g * 2654435761 %% 4294967296), 'ext-' || g,
       (%(first_names)s::text[])[1 + (hashint8(g) & 31)],
       (%(stems)s::text[])[1 + (hashint8(g + 7) & 31)] || (%(middles)s::text[])[1 + (hashint8(g + 13) & 15)]
           || (%(endings)s::text[])[1 + (hashint8(g + 29) & 15)],
       'u' || g || '@clinic.example',
       CASE WHEN g %% 20 = 0 THEN 'medecin' WHEN g %% 50 = 1 THEN 'mentor' WHEN g %% 5 = 2 THEN 'member' ELSE 'patient' END,
       now() - make_interval(days => (g %% 1000)::integer)
FROM generate_series(1, %(users)s) AS g;

-- step: logins
INSERT INTO sessions (id, user_id, expires_at, device)
SELECT md5('session' || g)::uuid, g, now() + interval '30 days', 'bench' FROM generate_series(1, %(users)s, 10) AS g;

-- step: conversations
-- The first ones belong to a few very busy doctors; the others are spread evenly.
CREATE TEMP TABLE people AS
SELECT id, role, row_number() OVER (PARTITION BY role ORDER BY id) - 1 AS place, count(*) OVER (PARTITION BY role) AS of_role FROM users;
CREATE INDEX ON people (role, place) INCLUDE (id);
ANALYZE people;
CREATE TEMP TABLE pairs AS
WITH sizes AS (SELECT role, max(of_role) AS n FROM people GROUP BY role), picked AS (
    SELECT g, g > %(conversations)s * 8 / 10 AS mentoring,
           CASE WHEN g <= %(busy)s * %(busy_conversations)s THEN g / %(busy_conversations)s ELSE hashint8extended(g, 1) & %(all_bits)s END AS second_dice,
           hashint8extended(g, 2) & %(all_bits)s AS first_dice
    FROM generate_series(0, %(conversations)s - 1) AS g
)
SELECT DISTINCT ON (f.id, s.id) p.g, p.mentoring, f.id AS first_id, s.id AS second_id
FROM picked p
JOIN sizes fs ON fs.role = CASE WHEN p.mentoring THEN 'member' ELSE 'patient' END
JOIN sizes ss ON ss.role = CASE WHEN p.mentoring THEN 'mentor' ELSE 'medecin' END
JOIN people f ON f.role = fs.role AND f.place = p.first_dice %% fs.n
JOIN people s ON s.role = ss.role AND s.place = p.second_dice %% ss.n
ORDER BY f.id, s.id;
INSERT INTO care_links (patient_id, doctor_id, since, until)
SELECT first_id, second_id, now() - interval '2 years', CASE WHEN g %% 20 = 3 THEN now() END FROM pairs WHERE NOT mentoring ORDER BY g;
-- `last_seq` for now is the number of messages it is to get: few for most, very many for some.
INSERT INTO conversations (id, kind, first_user_id, second_user_id, last_seq, last_change, message_count, key_id, data_key,
                           status, last_message_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT id, CASE WHEN mentoring THEN 'mentoring' ELSE 'care' END, first_id, second_id, n, n, n, 'bench', decode(repeat('5a', 72), 'hex'),
       CASE WHEN g %% 40 = 7 THEN 'closed' ELSE 'active' END, CASE WHEN n > 0 THEN at END, at
FROM (
    SELECT *, now() - interval '1 day' * (400.0 / (n + 1) + (hashint8(id) & 1023) %% 200) AS at
    FROM (
    SELECT *, row_number() OVER (ORDER BY g) AS id, floor(-ln(1 - ((hashint8extended(g, 3) & %(all_bits)s) %% 1000000) / 1000001.0) * %(usual_messages)s)::bigint
              + CASE WHEN g %% %(long_every)s = 5 THEN %(long_messages)s ELSE 0 END AS n
    FROM pairs
    ) sized
) dated ORDER BY id;
SELECT setval('conversations_id_seq', (SELECT max(id) FROM conversations));
DROP TABLE people, pairs;

-- step: messages
-- In the order of time, as they would have come: a conversation's messages are scattered over the table.
INSERT INTO messages (conversation_id, seq, change, sender_id, client_message_id, message_key, type, content, is_urgent,
                      requires_response, sent_at)
SELECT m.id, m.seq, m.seq, CASE WHEN m.seq %% 3 = 0 THEN m.second_user_id ELSE m.first_user_id END, gen_random_uuid(),
       gen_random_uuid(), 'text', substr(%(noise)s::bytea, 1 + (m.seq * 7 %% 800)::integer, 40 + (m.seq * 31 %% 120)::integer),
       m.seq %% 97 = 0, m.seq %% 89 = 0, m.at
FROM (
    SELECT c.id, c.first_user_id, c.second_user_id, s.seq,
           now() - interval '1 day' * (400.0 * (c.last_seq + 1 - s.seq) / (c.last_seq + 1) + (hashint8(c.id) & 1023) %% 200) AS at
    FROM conversations c CROSS JOIN LATERAL generate_series(1, c.last_seq) AS s (seq)
    ORDER BY at
) m;

-- step: participants
-- Most have read everything, some nothing for a long time.
INSERT INTO participants (conversation_id, user_id, read_seq, delivered_seq, unread, pinned, archived_at)
SELECT id, user_id, read, last_seq,
       CASE WHEN is_second THEN last_seq - last_seq / 3 - (read - read / 3) ELSE last_seq / 3 - read / 3 END,
       id %% 101 = 0, CASE WHEN id %% 31 = 0 THEN now() END
FROM (
    SELECT c.id, c.last_seq, c.kind, person.user_id, person.is_second,
           CASE WHEN hashint8(c.id * 2 + person.is_second::integer) & 7 > 2 THEN c.last_seq
                ELSE GREATEST(0, c.last_seq - 1 - (hashint8(c.id) & 1023) %% 30) END AS read
    FROM conversations c, LATERAL (VALUES (c.first_user_id, false), (c.second_user_id, true)) AS person (user_id, is_second)
) p ORDER BY id, user_id;

-- step: marks
INSERT INTO marks (conversation_id, user_id, kind, up_to_seq)
SELECT p.conversation_id, p.user_id, k.kind, k.seq
FROM participants p, LATERAL (VALUES ('read', p.read_seq), ('delivered', p.delivered_seq)) AS k (kind, seq)
WHERE k.seq > 0;
