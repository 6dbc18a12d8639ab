-- The trail: who did what to which thing, sealed in chains of hashes. What is in it is never changed and never removed.

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_pkey PRIMARY KEY,
    at timestamptz NOT NULL,
    action text NOT NULL,
    -- No foreign keys: what was tried on things that are not there belongs here too.
    user_id bigint,
    role text,
    on_behalf_of bigint,
    object_type text,
    object_id text,
    conversation_id bigint,
    result text NOT NULL CONSTRAINT audit_result_known CHECK (result IN ('ok', 'denied', 'failed')),
    reason text,
    address text,
    device text,
    session_id text,
    request_id text,
    times integer NOT NULL CONSTRAINT audit_times_positive CHECK (times > 0),
    batch uuid NOT NULL
);
COMMENT ON TABLE audit IS 'Accesses and refusals. Append-only. Sends, edits and marks are rows of their own tables; here stands from where they came.';
COMMENT ON COLUMN audit.times IS 'Entries that came alike within a fraction of a second are one row.';
COMMENT ON COLUMN audit.batch IS 'Of the write that stored it: when its answer was lost, the writer asks by it.';
-- The log that participants can read.
CREATE INDEX audit_of_conversation ON audit (conversation_id, id)
    WHERE conversation_id IS NOT NULL AND result = 'ok' AND action NOT IN ('message.send', 'message.delivered', 'message.read');

-- Rows of these tables are records of the trail themselves. A number of their own says in which order they came.
ALTER TABLE marks ADD COLUMN trail_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT marks_trail_id_key UNIQUE;
ALTER TABLE message_versions ADD COLUMN trail_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT message_versions_trail_id_key UNIQUE;
-- What the version that was replaced said besides its text, so that each state of a message can be sealed and checked.
ALTER TABLE message_versions ADD COLUMN change bigint;
ALTER TABLE message_versions ADD COLUMN edited_at timestamptz;

CREATE TABLE trail_blocks (
    chain text NOT NULL CONSTRAINT trail_blocks_chain_known CHECK (chain IN ('message', 'version', 'mark', 'audit')),
    number bigint NOT NULL CONSTRAINT trail_blocks_number_positive CHECK (number > 0),
    format smallint NOT NULL,
    after_id bigint NOT NULL,
    up_to_id bigint NOT NULL,
    keys bigint[] NOT NULL,
    digests bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT trail_blocks_pkey PRIMARY KEY (chain, number),
    CONSTRAINT trail_blocks_range CHECK (after_id < up_to_id),
    CONSTRAINT trail_blocks_whole CHECK (octet_length(digests) = 32 * cardinality(keys))
);
-- Hashes do not compress.
ALTER TABLE trail_blocks ALTER COLUMN digests SET STORAGE EXTERNAL;
COMMENT ON TABLE trail_blocks IS 'Each seals the rows of its table after after_id up to up_to_id, and the block before it.';

CREATE TABLE break_glass (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT break_glass_pkey PRIMARY KEY,
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    reason text NOT NULL CONSTRAINT break_glass_reason_said CHECK (char_length(reason) BETWEEN 10 AND 500),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL,
    CONSTRAINT break_glass_ends CHECK (until > at)
);
CREATE INDEX break_glass_of_user ON break_glass (user_id, conversation_id, until);
COMMENT ON TABLE break_glass IS 'Which administrator may read which conversation until when, and why. Append-only.';
