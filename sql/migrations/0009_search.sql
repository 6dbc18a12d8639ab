-- Search in sealed messages: keyed hashes of words, never words. What they give away is in docs/adr/0025-blind-index.md.

CREATE TABLE search_secrets (
    singleton boolean NOT NULL DEFAULT true CONSTRAINT search_secrets_pkey PRIMARY KEY,
    key_id text NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT search_secrets_one CHECK (singleton)
);
COMMENT ON TABLE search_secrets IS 'One row: the secret from which each reader''s key is derived, sealed under the master key key_id.';

-- No foreign keys: they would cost as much as the rows, and nothing deletes messages or people. Only the indexer writes here.
CREATE TABLE search_entries (
    message_id bigint NOT NULL,
    reader_id bigint NOT NULL,
    tokens bigint[] NOT NULL,
    CONSTRAINT search_entries_pkey PRIMARY KEY (message_id, reader_id)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
COMMENT ON TABLE search_entries IS 'For each message and each who may find it: hashes under that reader''s key.';
-- Hashes cannot be compressed, trying to costs more than storing them. Nor does a hash have a usual frequency.
ALTER TABLE search_entries ALTER COLUMN tokens SET STORAGE EXTERNAL;
ALTER TABLE search_entries ALTER COLUMN tokens SET STATISTICS 0;
CREATE INDEX search_entries_of_reader ON search_entries (reader_id, message_id);
-- What was just written is gathered in a short list and sorted in together; each search reads that list.
CREATE INDEX search_entries_tokens ON search_entries USING gin (tokens) WITH (fastupdate = on, gin_pending_list_limit = 512);

CREATE TABLE search_positions (
    conversation_id bigint CONSTRAINT search_positions_pkey PRIMARY KEY,
    change bigint NOT NULL,
    readers bigint[] NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE search_positions IS 'Up to which change of a conversation the index has come, and for whom.';

CREATE TABLE search_lease (
    singleton boolean NOT NULL DEFAULT true CONSTRAINT search_lease_pkey PRIMARY KEY,
    holder uuid NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT search_lease_one CHECK (singleton)
);
COMMENT ON TABLE search_lease IS 'The process that indexes. It renews its time; when it is gone another one takes over.';

-- Ids of messages before `before_id` that hold one of each line's hashes, newest first. `lines` has a row for each line and a
-- column for each block, newest first, of texts such as {1,2}: they differ in length. Block after block is looked up until
-- there are enough, so that a word that is in every message costs no more than a block of them.
-- The planner knows nothing of hashes and would read the table, or go back by id (hence `+ 0`); the GIN index is always right.
CREATE FUNCTION find_search_entries(lines text[], before_id bigint, entries integer) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off
    AS $$
DECLARE
    holds text := '';
BEGIN
    FOR line IN 1..array_length(lines, 1) LOOP
        holds := holds || format('e.tokens && ($1)[%s][block.n]::bigint[] AND ', line);
    END LOOP;
    RETURN QUERY EXECUTE
        'SELECT found.message_id FROM generate_series(1, array_length($1, 2)) AS block (n) CROSS JOIN LATERAL ('
        'SELECT e.message_id FROM search_entries e WHERE ' || holds || 'e.message_id + 0 < $2'
        ' ORDER BY e.message_id + 0 DESC LIMIT $3) AS found LIMIT $3'
        USING lines, before_id, entries;
END $$;

-- The secret is wrapped as data keys are, and rotated with them.
CREATE OR REPLACE VIEW wrapped_keys AS
SELECT 'conversations' AS holder, c.key_id FROM conversations c WHERE c.key_id <> ''
UNION ALL
SELECT 'contexts', x.key_id FROM contexts x
UNION ALL
SELECT 'search_secrets', s.key_id FROM search_secrets s;
