-- What the server's role may do, said anew after each migration. It owns nothing, and cannot change what is append-only.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT SELECT ON schema_migrations TO {role};
GRANT SELECT, INSERT ON instance, marks, message_versions TO {role};
GRANT SELECT, INSERT, UPDATE ON users, sessions, care_links, contexts, conversations, participants TO {role};
-- Messages come in through append_messages() alone, and stay where they are.
GRANT SELECT, UPDATE (content, version, change, sent_at, edited_at, deleted_at) ON messages TO {role};
GRANT SELECT ON message_rows, conversation_rows TO {role};
-- UPDATE, so that its rows can be locked.
GRANT SELECT, UPDATE ON conversation_states TO {role};
-- Hints, no records: they go when they are old, sent or no longer wanted.
GRANT SELECT, INSERT, UPDATE, DELETE ON notifications, notification_decisions, notification_deliveries, push_subscriptions TO {role};
GRANT SELECT, INSERT, UPDATE ON notification_cursor, notification_preferences TO {role};
GRANT SELECT ON notification_rows TO {role};
