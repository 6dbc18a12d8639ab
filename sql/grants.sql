-- What the server's role may do, said anew after each migration. It owns nothing, and cannot change what is append-only.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT SELECT ON schema_migrations TO {role};
GRANT SELECT, INSERT ON instance TO {role};
GRANT SELECT, INSERT (conversation_id, user_id, kind, up_to_seq, at) ON marks TO {role};
GRANT SELECT, INSERT (message_id, version, content, change, edited_at) ON message_versions TO {role};
GRANT SELECT, INSERT, UPDATE ON users, sessions, care_links, contexts, conversations, participants TO {role};
-- Written by count_activity() alone.
GRANT SELECT, INSERT, UPDATE ON activity_days, activity_replies, activity_conversations, activity_tallies, activity_position TO {role};
-- A person's go with the person.
GRANT DELETE ON activity_days, activity_replies TO {role};
-- Messages come in through append_messages() alone, and stay where they are.
GRANT SELECT, UPDATE (content, version, change, sent_at, edited_at, deleted_at, reacted_change) ON messages TO {role};
GRANT SELECT, INSERT, UPDATE ON jobs TO {role};
-- A hold is placed and released, never rewritten.
GRANT SELECT, INSERT, UPDATE (release_reason, released_by, released_at) ON legal_holds TO {role};
GRANT SELECT ON held_conversations, wrapped_keys TO {role};
GRANT SELECT ON message_rows, quoted_messages, conversation_rows TO {role};
GRANT SELECT, INSERT, UPDATE (content) ON message_reactions TO {role};
-- The trail can be added to, and its numbers are not the server's to choose.
GRANT SELECT, INSERT (at, action, user_id, role, on_behalf_of, object_type, object_id, conversation_id, result, reason, address,
                      device, session_id, request_id, times, batch) ON audit TO {role};
GRANT SELECT, INSERT ON trail_blocks TO {role};
GRANT SELECT, INSERT (conversation_id, user_id, reason, until) ON break_glass TO {role};
-- Profiles come and go with people, and answers are counted where they are accepted: by triggers.
GRANT SELECT, UPDATE (headline, bio, country, specialties, languages, availability, response_seconds, measured_at,
                      picture_at, updated_at) ON mentor_profiles TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON mentor_pictures TO {role};
GRANT SELECT ON mentor_words, mentor_specialties TO {role};
-- UPDATE, so that its rows can be locked.
GRANT SELECT, UPDATE ON conversation_states TO {role};
GRANT SELECT, INSERT, UPDATE ON exports, person_archives TO {role};
GRANT SELECT, INSERT (token, kind), UPDATE (swept_at), DELETE ON archive_tries TO {role};
GRANT SELECT ON loose_titles TO {role};
-- Why somebody was erased is never rewritten.
GRANT SELECT, INSERT, UPDATE (name_kept, identity, key_id, data_key, finished_at) ON erasures TO {role};
-- Hints, no records: they go when they are old, sent or no longer wanted.
GRANT SELECT, INSERT, UPDATE, DELETE ON notifications, notification_decisions, notification_deliveries, push_subscriptions TO {role};
GRANT SELECT, INSERT, UPDATE ON notification_cursor TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_preferences TO {role};
GRANT SELECT ON notification_rows TO {role};
-- Files are added, and attached once. Only forget_attachments() takes a row away.
GRANT SELECT, INSERT, UPDATE (message_id, position, stored_at, doomed_at) ON attachments TO {role};
GRANT EXECUTE ON FUNCTION forget_attachments(bigint[]) TO {role};
-- The index holds nothing that cannot be made again from the messages: it follows them, so rows of it go too.
GRANT SELECT, INSERT, UPDATE ON search_secrets, search_positions, search_lease TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON search_entries TO {role};
-- The forum: texts are hidden, never removed; what follows from them (versions, tags, the index, points) is written by the database.
GRANT SELECT, INSERT (author_id, pseudonym, title, body, tags, client_message_id),
      UPDATE (title, body, tags, change, up_count, down_count, answer_count, accepted_answer_id, activity_at, created_at, edited_at,
              deleted_at, deleted_by, deletion_reason) ON questions TO {role};
GRANT SELECT, INSERT (question_id, author_id, body, change, client_message_id),
      UPDATE (body, change, up_count, down_count, created_at, edited_at, deleted_at, deleted_by, deletion_reason) ON answers TO {role};
GRANT SELECT, INSERT (question_id, answer_id, voter_id, author_id, value), UPDATE (value, at) ON votes TO {role};
GRANT SELECT, INSERT (question_id, answer_id, reporter_id, reason, details),
      UPDATE (settled_at, settled_by, decision, note) ON reports TO {role};
GRANT SELECT ON question_versions, answer_versions, question_tags, forum_tags, forum_search, points, point_totals, point_facts,
                question_rows, answer_rows TO {role};
GRANT EXECUTE ON FUNCTION settle_points(bigint, bigint, text[], integer[]) TO {role};
