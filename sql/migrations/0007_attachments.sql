-- Files that go with messages. Here is what is known of them; the bytes lie in the file store, sealed.

CREATE TABLE attachments (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT attachments_pkey PRIMARY KEY,
    conversation_id bigint NOT NULL CONSTRAINT attachments_conversation_fkey REFERENCES conversations,
    uploader_id bigint NOT NULL CONSTRAINT attachments_uploader_fkey REFERENCES users,
    -- Random: names the bytes in the store, and binds name and key to this row.
    token uuid NOT NULL CONSTRAINT attachments_token_key UNIQUE,
    -- Both sealed under the conversation's data key.
    name bytea NOT NULL,
    file_key bytea NOT NULL,
    media_type text NOT NULL CONSTRAINT attachments_media_type_known CHECK (media_type IN (
        'application/pdf', 'image/jpeg', 'image/png', 'application/msword',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'audio/webm', 'audio/ogg', 'audio/mp4',
        'application/octet-stream')),
    size bigint NOT NULL CONSTRAINT attachments_size_positive CHECK (size > 0),
    thumbnail_size bigint CONSTRAINT attachments_thumbnail_positive CHECK (thumbnail_size > 0),
    width integer,
    height integer,
    message_id bigint CONSTRAINT attachments_message_fkey REFERENCES messages (id),
    position smallint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The row comes before the bytes: what lies in the store always has a row, and what a crash left is found by it.
    stored_at timestamptz,
    -- What the virus scanner called it. Such a file is kept for a while as evidence, and given to nobody.
    infected_with text,
    -- Its bytes are being deleted.
    doomed_at timestamptz,
    CONSTRAINT attachments_attached_whole CHECK ((message_id IS NULL) = (position IS NULL)),
    CONSTRAINT attachments_attached_when_good CHECK (
        message_id IS NULL OR (stored_at IS NOT NULL AND infected_with IS NULL AND doomed_at IS NULL)),
    CONSTRAINT attachments_type_known_unless_infected CHECK (
        (media_type = 'application/octet-stream') = (infected_with IS NOT NULL))
);
CREATE UNIQUE INDEX attachments_of_message ON attachments (message_id, position) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_of_conversation ON attachments (conversation_id, id);
CREATE INDEX attachments_loose ON attachments (created_at) WHERE message_id IS NULL;
COMMENT ON TABLE attachments IS 'What is known of files; nobody but forget_attachments() deletes, and never what a message has.';

-- The collector's last step: the rows of loose files whose bytes are gone.
CREATE FUNCTION forget_attachments(ids bigint[]) RETURNS bigint
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM attachments a WHERE a.id = ANY (ids) AND a.message_id IS NULL AND a.doomed_at IS NOT NULL RETURNING a.id
    )
    SELECT count(*) FROM gone
    $$;
-- Told to nobody but the server: see grants.sql.
REVOKE ALL ON FUNCTION forget_attachments(bigint[]) FROM PUBLIC;

-- A message with its files, each of them [id, token, sealed name, type, size, width, height, has a thumbnail]; NULL: none.
-- A message without files costs one look into an index.
ALTER VIEW message_rows RENAME TO message_rows_without_files;
CREATE VIEW message_rows AS
SELECT m.*,
       (SELECT json_agg(json_build_array(a.id, a.token, encode(a.name, 'base64'), a.media_type, a.size, a.width, a.height,
                                         a.thumbnail_size IS NOT NULL) ORDER BY a.position)
        FROM attachments a WHERE a.message_id = m.id) AS attachments
FROM message_rows_without_files m;
