-- Exports of conversations, made in the background. What is exported lies sealed in the file store; here is only what is to be done.

CREATE TABLE exports (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT exports_pkey PRIMARY KEY,
    conversation_id bigint NOT NULL CONSTRAINT exports_conversation_fkey REFERENCES conversations,
    user_id bigint NOT NULL CONSTRAINT exports_user_fkey REFERENCES users,
    format text NOT NULL CONSTRAINT exports_format_known CHECK (format IN ('json', 'html', 'pdf', 'zip')),
    state text NOT NULL DEFAULT 'queued'
        CONSTRAINT exports_state_known CHECK (state IN ('queued', 'running', 'ready', 'failed', 'expired')),
    -- Messages up to here are in it; of them `done` are made.
    up_to_seq bigint NOT NULL,
    done bigint NOT NULL DEFAULT 0 CONSTRAINT exports_done_positive CHECK (done >= 0),
    -- The key in the file store, and what the archive's own key and proof are bound to.
    token uuid NOT NULL CONSTRAINT exports_token_key UNIQUE,
    -- The archive's key and proof, sealed under the conversation's data key: destroyed with it.
    sealed bytea,
    size bigint,
    attempts integer NOT NULL DEFAULT 0,
    owner uuid,
    lease_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    expires_at timestamptz,
    CONSTRAINT exports_lease_while_running CHECK ((state = 'running') = (owner IS NOT NULL) AND (owner IS NULL) = (lease_until IS NULL)),
    CONSTRAINT exports_sealed_while_ready CHECK (
        (state = 'ready') = (sealed IS NOT NULL) AND (sealed IS NULL OR (size IS NOT NULL AND expires_at IS NOT NULL)))
);
-- Who asks again while it is being made gets the same one.
CREATE UNIQUE INDEX exports_one_under_way ON exports (conversation_id, user_id, format) WHERE state IN ('queued', 'running');
CREATE INDEX exports_to_do ON exports (id) WHERE state IN ('queued', 'running');
CREATE INDEX exports_to_expire ON exports (expires_at) WHERE state = 'ready';
COMMENT ON TABLE exports IS 'Who asked for an export of which conversation, and what became of it.';
