-- What the server's role may do, said anew after each migration. It owns nothing, and cannot change what is append-only.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT SELECT ON schema_migrations TO {role};
GRANT SELECT, INSERT ON instance, marks, message_versions TO {role};
GRANT SELECT, INSERT, UPDATE ON users, sessions, care_links, conversations, participants TO {role};
-- Written by count_activity() alone.
GRANT SELECT, INSERT, UPDATE ON activity_days, activity_replies, activity_conversations, activity_tallies, activity_position TO {role};
-- Messages come in through append_messages() alone, and stay where they are.
GRANT SELECT, UPDATE (content, version, change, sent_at, edited_at, deleted_at) ON messages TO {role};
GRANT SELECT ON message_rows, conversation_rows TO {role};
-- UPDATE, so that its rows can be locked.
GRANT SELECT, UPDATE ON conversation_states TO {role};
