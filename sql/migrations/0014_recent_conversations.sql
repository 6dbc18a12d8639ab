-- The list of somebody with thousands of conversations begins with those of the last weeks: it need not look at the others.

-- An index on the moment itself would end HOT: each send moves it. A week moves once in a week, whatever is sent in it.
ALTER TABLE conversations ADD COLUMN active_week timestamptz NOT NULL
    GENERATED ALWAYS AS (date_bin('7 days', COALESCE(last_message_at, updated_at), '2000-01-03 00:00:00+00')) STORED;
CREATE INDEX conversations_recent_of_second ON conversations (second_user_id, active_week);
CREATE INDEX conversations_recent_of_first ON conversations (first_user_id, active_week);
-- What is pinned comes first, however old it is.
CREATE INDEX participants_pinned ON participants (user_id) WHERE pinned AND left_at IS NULL;
