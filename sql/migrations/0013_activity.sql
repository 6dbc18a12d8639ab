-- Who wrote how much and how soon it was answered, a day; for people's own statistics and for metrics without identities.
-- Made off the way of any message, by count_activity(), a minute after it was sent. Nothing of what was written is here.
-- No foreign keys: they would lock the row of a person for each message that is counted, and only count_activity() inserts.

CREATE TABLE activity_days (
    user_id bigint NOT NULL,
    day date NOT NULL,
    sent integer NOT NULL DEFAULT 0,
    received integer NOT NULL DEFAULT 0,
    CONSTRAINT activity_days_pkey PRIMARY KEY (user_id, day)
) WITH (fillfactor = 80);
COMMENT ON TABLE activity_days IS 'Messages of each person and day (UTC).';

CREATE TABLE activity_replies (
    user_id bigint NOT NULL,
    day date NOT NULL,
    -- Seconds from the first unanswered message to the reply are at least 2 to the power of step / 4.
    step smallint NOT NULL,
    replies integer NOT NULL,
    CONSTRAINT activity_replies_pkey PRIMARY KEY (user_id, day, step)
) WITH (fillfactor = 80);
COMMENT ON TABLE activity_replies IS 'How soon each person replied, a day: counted in steps of a fifth, so that periods can be added up.';

CREATE TABLE activity_conversations (
    conversation_id bigint CONSTRAINT activity_conversations_pkey PRIMARY KEY,
    counted_seq bigint NOT NULL,
    messages bigint NOT NULL,
    -- Who spoke last, and since when that waits for a reply.
    asked_by bigint,
    asked_at timestamptz
) WITH (fillfactor = 80);
COMMENT ON TABLE activity_conversations IS 'How far each conversation is counted. By seq, which has no gaps: each message counts exactly once.';

CREATE TABLE activity_tallies (
    kind text NOT NULL CONSTRAINT activity_tallies_kind_known CHECK (kind IN ('conversation_size', 'last_day')),
    step integer NOT NULL,
    tally bigint NOT NULL,
    CONSTRAINT activity_tallies_pkey PRIMARY KEY (kind, step)
) WITH (fillfactor = 50);
COMMENT ON TABLE activity_tallies IS
    'conversation_size: conversations with at least 2^step messages. last_day: people who wrote last so many days after 2000-01-01.';

CREATE TABLE activity_position (
    only_one boolean NOT NULL DEFAULT true CONSTRAINT activity_position_pkey PRIMARY KEY
        CONSTRAINT activity_position_only_one CHECK (only_one),
    counted_id bigint NOT NULL DEFAULT 0,
    -- What was sent before this is counted.
    counted_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- Counts at most `most` further messages that were sent before `settled_before`. No row: another node is at it. Else a row for
-- each step of reply times (NULL when there was none), each with the number of messages that were looked at.
--
-- The order of ids is not the order of commits, so ids only say which conversations have something new. A message that was
-- committed later than `settled_before` allows for is counted with the next one of its conversation.
CREATE FUNCTION count_activity(settled_before timestamptz, most integer)
    RETURNS TABLE (looked_at integer, step smallint, replies bigint)
    LANGUAGE plpgsql
    -- As for append_messages: a plan made on empty tables is kept, and must be right for full ones. OFFSET 0 makes a look-up
    -- for each row of each LATERAL; what was gathered so may be hashed.
    SET enable_seqscan = off
    SET plan_cache_mode = force_generic_plan
    AS $$
#variable_conflict use_column
DECLARE
    after_id bigint;
    up_to_id bigint;
    found integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('colloque activity')) THEN RETURN; END IF;
    INSERT INTO activity_position DEFAULT VALUES ON CONFLICT DO NOTHING;
    SELECT p.counted_id INTO after_id FROM activity_position p;
    SELECT count(*), max(n.id) INTO found, up_to_id
    FROM (
        SELECT m.id, bool_and(m.sent_at < settled_before) OVER (ORDER BY m.id) AS settled
        FROM (SELECT id, sent_at FROM messages WHERE id > after_id ORDER BY id LIMIT most) m
    ) n WHERE n.settled;
    UPDATE activity_position p
    SET counted_id = COALESCE(up_to_id, p.counted_id),
        counted_until = CASE WHEN found < most THEN settled_before ELSE (SELECT m.sent_at FROM messages m WHERE m.id = up_to_id) END;
    IF found = 0 THEN
        RETURN QUERY SELECT 0, NULL::smallint, NULL::bigint;
        RETURN;
    END IF;

    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT t.conversation_id, t.top, COALESCE(k.counted_seq, 0) AS counted_seq, COALESCE(k.messages, 0) AS messages,
               k.asked_by, k.asked_at
        FROM (SELECT m.conversation_id, max(m.seq) AS top FROM messages m WHERE m.id > after_id AND m.id <= up_to_id GROUP BY 1) t
        LEFT JOIN LATERAL (
            SELECT * FROM activity_conversations a WHERE a.conversation_id = t.conversation_id OFFSET 0
        ) k ON true
    ), fresh AS MATERIALIZED (
        -- `turns`: somebody else speaks now.
        SELECT k.conversation_id, k.asked_at, m.seq, m.sender_id, m.sent_at, (m.sent_at AT TIME ZONE 'UTC')::date AS day,
               m.sender_id IS DISTINCT FROM lag(m.sender_id, 1, k.asked_by) OVER (PARTITION BY k.conversation_id ORDER BY m.seq) AS turns
        FROM known k
        CROSS JOIN LATERAL (
            SELECT n.seq, n.sender_id, n.sent_at FROM messages n
            WHERE n.conversation_id = k.conversation_id AND n.seq > k.counted_seq AND n.seq <= k.top AND n.sender_id IS NOT NULL OFFSET 0
        ) m
    ), turns AS MATERIALIZED (
        SELECT f.conversation_id, f.sender_id, f.sent_at, f.day,
               extract(epoch FROM f.sent_at - lag(f.sent_at, 1, f.asked_at) OVER (PARTITION BY f.conversation_id ORDER BY f.seq)) AS took,
               lead(f.seq) OVER (PARTITION BY f.conversation_id ORDER BY f.seq) IS NULL AS is_last
        FROM fresh f WHERE f.turns
    ), spoken AS MATERIALIZED (
        SELECT f.conversation_id, f.sender_id, f.day, count(*)::integer AS n FROM fresh f GROUP BY 1, 2, 3
    ), days AS MATERIALIZED (
        SELECT d.user_id, d.day, sum(d.sent)::integer AS sent, sum(d.received)::integer AS received
        FROM (
            SELECT s.sender_id AS user_id, s.day, s.n AS sent, 0 AS received FROM spoken s
            UNION ALL
            SELECT p.user_id, s.day, 0, s.n
            FROM spoken s CROSS JOIN LATERAL (
                SELECT o.user_id FROM participants o
                WHERE o.conversation_id = s.conversation_id AND o.user_id <> s.sender_id AND o.left_at IS NULL OFFSET 0
            ) p
        ) d GROUP BY 1, 2
    ), kept_days AS (
        INSERT INTO activity_days AS a (user_id, day, sent, received) SELECT d.user_id, d.day, d.sent, d.received FROM days d
        ON CONFLICT ON CONSTRAINT activity_days_pkey DO UPDATE SET sent = a.sent + excluded.sent, received = a.received + excluded.received
    ), answered AS MATERIALIZED (
        SELECT t.sender_id AS user_id, t.day, floor(4 * ln(GREATEST(t.took::float8, 1)) / ln(2::float8))::smallint AS step,
               count(*)::integer AS n
        FROM turns t WHERE t.took IS NOT NULL GROUP BY 1, 2, 3
    ), kept_replies AS (
        INSERT INTO activity_replies AS a (user_id, day, step, replies) SELECT r.user_id, r.day, r.step, r.n FROM answered r
        ON CONFLICT ON CONSTRAINT activity_replies_pkey DO UPDATE SET replies = a.replies + excluded.replies
    ), grown AS MATERIALIZED (
        SELECT k.*, k.messages + COALESCE(f.n, 0) AS after
        FROM known k LEFT JOIN (SELECT s.conversation_id, sum(s.n)::bigint AS n FROM spoken s GROUP BY 1) f ON f.conversation_id = k.conversation_id
    ), kept_conversations AS (
        INSERT INTO activity_conversations AS a (conversation_id, counted_seq, messages, asked_by, asked_at)
        SELECT g.conversation_id, g.top, g.after, COALESCE(t.sender_id, g.asked_by), COALESCE(t.sent_at, g.asked_at)
        FROM grown g LEFT JOIN turns t ON t.conversation_id = g.conversation_id AND t.is_last
        ON CONFLICT ON CONSTRAINT activity_conversations_pkey
            DO UPDATE SET counted_seq = excluded.counted_seq, messages = excluded.messages, asked_by = excluded.asked_by, asked_at = excluded.asked_at
    ), seen AS MATERIALIZED (
        -- The last day on which somebody wrote, before this and now.
        SELECT w.day AS after, (SELECT max(a.day) FROM activity_days a WHERE a.user_id = w.user_id AND a.sent > 0) AS before
        FROM (SELECT d.user_id, max(d.day) AS day FROM days d WHERE d.sent > 0 GROUP BY 1) w
    ), steps AS (
        SELECT 'conversation_size' AS kind, floor(ln(g.after::float8) / ln(2::float8) + 1e-9)::integer AS step, 1 AS n FROM grown g WHERE g.after > 0
        UNION ALL SELECT 'conversation_size', floor(ln(g.messages::float8) / ln(2::float8) + 1e-9)::integer, -1 FROM grown g WHERE g.messages > 0
        UNION ALL SELECT 'last_day', s.after - date '2000-01-01', 1 FROM seen s WHERE s.before IS NULL OR s.after > s.before
        UNION ALL SELECT 'last_day', s.before - date '2000-01-01', -1 FROM seen s WHERE s.after > s.before
    ), kept_tallies AS (
        INSERT INTO activity_tallies AS a (kind, step, tally)
        SELECT s.kind, s.step, sum(s.n) FROM steps s GROUP BY 1, 2 HAVING sum(s.n) <> 0
        ON CONFLICT ON CONSTRAINT activity_tallies_pkey DO UPDATE SET tally = a.tally + excluded.tally
    )
    SELECT found, r.step, sum(r.n) FROM (VALUES (1)) AS one LEFT JOIN answered r ON true GROUP BY r.step;
END $$;
