-- A question or an answer whose reply was lost is asked for again by its client id: the first one comes back, as with messages.

ALTER TABLE questions ADD COLUMN client_message_id uuid;
ALTER TABLE answers ADD COLUMN client_message_id uuid;
COMMENT ON COLUMN questions.client_message_id IS 'Chosen by the asker''s client, and told to nobody: it might give away who is behind a pseudonym.';
COMMENT ON COLUMN answers.client_message_id IS 'Chosen by the author''s client, and told to nobody.';
CREATE UNIQUE INDEX questions_sent_key ON questions (author_id, client_message_id) WHERE client_message_id IS NOT NULL;
CREATE UNIQUE INDEX answers_sent_key ON answers (question_id, author_id, client_message_id) WHERE client_message_id IS NOT NULL;
