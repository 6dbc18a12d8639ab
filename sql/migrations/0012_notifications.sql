-- What people are told when they are away: without a word of what was written. Decided after the fact, from what is stored:
-- a send costs nothing more.

CREATE TABLE notifications (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT notifications_pkey PRIMARY KEY,
    user_id bigint NOT NULL CONSTRAINT notifications_user_fkey REFERENCES users,
    kind text NOT NULL CONSTRAINT notifications_kind_known
        CHECK (kind IN ('new_message', 'urgent', 'context_changed', 'export_ready', 'conversation_opened')),
    conversation_id bigint CONSTRAINT notifications_conversation_fkey REFERENCES conversations ON DELETE CASCADE,
    -- Of those about messages: the last one it stands for. Who read up to it has read the notification too.
    up_to_seq bigint,
    count bigint NOT NULL DEFAULT 1,
    subject_type text,
    subject_id text,
    actor_id bigint CONSTRAINT notifications_actor_fkey REFERENCES users,
    since timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    read_at timestamptz,
    CONSTRAINT notifications_subject_whole CHECK ((subject_type IS NULL) = (subject_id IS NULL)),
    CONSTRAINT notifications_messages_whole CHECK ((up_to_seq IS NOT NULL) = (kind IN ('new_message', 'urgent')))
);
COMMENT ON COLUMN notifications.since IS 'When the first of what it stands for happened.';
CREATE INDEX notifications_of_user ON notifications (user_id, id);
CREATE INDEX notifications_by_age ON notifications (created_at);
-- More messages of a conversation move the notification that is there, until it is read.
CREATE UNIQUE INDEX notifications_open ON notifications (user_id, conversation_id, kind) WHERE read_at IS NULL AND up_to_seq IS NOT NULL;

CREATE TABLE notification_cursor (
    only_row boolean NOT NULL DEFAULT true CONSTRAINT notification_cursor_pkey PRIMARY KEY,
    message_id bigint NOT NULL DEFAULT 0,
    CONSTRAINT notification_cursor_one_row CHECK (only_row)
);
COMMENT ON TABLE notification_cursor IS 'The last message that was looked at. Its lock lets one node look at a time.';
-- What was sent before there were notifications is none.
INSERT INTO notification_cursor (message_id) SELECT COALESCE(max(id), 0) FROM messages;

CREATE TABLE notification_decisions (
    conversation_id bigint NOT NULL CONSTRAINT notification_decisions_conversation_fkey REFERENCES conversations ON DELETE CASCADE,
    user_id bigint NOT NULL CONSTRAINT notification_decisions_user_fkey REFERENCES users,
    seq bigint NOT NULL,
    since timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    CONSTRAINT notification_decisions_pkey PRIMARY KEY (conversation_id, user_id)
);
COMMENT ON TABLE notification_decisions IS 'Messages that were unread a moment after they came: at due_at it is decided whether to tell.';
CREATE INDEX notification_decisions_due ON notification_decisions (due_at);

CREATE TABLE push_subscriptions (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT push_subscriptions_pkey PRIMARY KEY,
    user_id bigint NOT NULL CONSTRAINT push_subscriptions_user_fkey REFERENCES users,
    -- Ends with the session that made it; tokens of a host application have none.
    session_id uuid CONSTRAINT push_subscriptions_session_fkey REFERENCES sessions,
    endpoint_hash bytea NOT NULL CONSTRAINT push_subscriptions_endpoint_key UNIQUE,
    sealed bytea NOT NULL,
    device text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN push_subscriptions.sealed IS 'Address and keys of the browser, encrypted under a key made of the VAPID key.';
CREATE INDEX push_subscriptions_of_user ON push_subscriptions (user_id, id);

CREATE TABLE notification_preferences (
    user_id bigint CONSTRAINT notification_preferences_pkey PRIMARY KEY
        CONSTRAINT notification_preferences_user_fkey REFERENCES users,
    push boolean NOT NULL DEFAULT true,
    email boolean NOT NULL DEFAULT true,
    silent_kinds text[] NOT NULL DEFAULT '{}',
    urgent_always boolean NOT NULL DEFAULT true,
    quiet_from time,
    quiet_to time,
    time_zone text,
    language text CONSTRAINT notification_preferences_language_known CHECK (language IN ('fr', 'en')),
    CONSTRAINT notification_preferences_quiet_whole
        CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND (quiet_from IS NULL) = (time_zone IS NULL))
);
COMMENT ON TABLE notification_preferences IS 'Only of those who changed something; the defaults are those of the columns.';

CREATE TABLE notification_deliveries (
    user_id bigint NOT NULL CONSTRAINT notification_deliveries_user_fkey REFERENCES users,
    channel text NOT NULL CONSTRAINT notification_deliveries_channel_known CHECK (channel IN ('push', 'email')),
    -- 0 for e-mail.
    subscription_id bigint NOT NULL DEFAULT 0,
    from_id bigint NOT NULL,
    to_id bigint NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    CONSTRAINT notification_deliveries_pkey PRIMARY KEY (user_id, channel, subscription_id)
);
COMMENT ON TABLE notification_deliveries IS 'To be sent at due_at if any of these notifications is still unread then. Whoever takes one moves due_at on.';
CREATE INDEX notification_deliveries_due ON notification_deliveries (due_at);

-- A notification as its reader sees it; of conversations only while they take part in it.
CREATE VIEW notification_rows AS
SELECT n.id, n.user_id, n.kind, n.conversation_id, c.kind AS conversation_kind, n.subject_type, n.subject_id, n.actor_id,
       a.first_name || ' ' || a.last_name AS actor_name, n.count, n.since, n.created_at,
       n.read_at IS NOT NULL OR COALESCE(n.up_to_seq <= p.read_seq, false) AS read,
       COALESCE(n.read_at, (SELECT k.at FROM marks k
                            WHERE k.conversation_id = n.conversation_id AND k.user_id = n.user_id AND k.kind = 'read'
                              AND k.up_to_seq >= n.up_to_seq ORDER BY k.up_to_seq LIMIT 1)) AS read_at,
       COALESCE(p.delivered_seq >= n.up_to_seq, true) AS delivered
FROM notifications n
LEFT JOIN conversations c ON c.id = n.conversation_id
LEFT JOIN participants p ON p.conversation_id = n.conversation_id AND p.user_id = n.user_id
LEFT JOIN users a ON a.id = n.actor_id
WHERE n.conversation_id IS NULL OR (p.user_id IS NOT NULL AND p.left_at IS NULL);
