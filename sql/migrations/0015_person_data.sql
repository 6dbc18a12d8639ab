-- One's data: archives of everything about a person, and what is left of a person who was erased. See ADR 0030.

CREATE TABLE person_archives (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT person_archives_pkey PRIMARY KEY,
    -- Whom it is about, and who alone can fetch it.
    user_id bigint NOT NULL CONSTRAINT person_archives_user_fkey REFERENCES users,
    asked_by bigint NOT NULL CONSTRAINT person_archives_asked_by_fkey REFERENCES users,
    state text NOT NULL DEFAULT 'queued'
        CONSTRAINT person_archives_state_known CHECK (state IN ('queued', 'running', 'ready', 'failed', 'expired')),
    progress smallint NOT NULL DEFAULT 0 CONSTRAINT person_archives_progress_percent CHECK (progress BETWEEN 0 AND 100),
    token uuid NOT NULL CONSTRAINT person_archives_token_key UNIQUE,
    -- The archive's key and proof, sealed under a data key of its own. Both go when it expires.
    sealed bytea,
    key_id text NOT NULL DEFAULT '',
    data_key bytea NOT NULL DEFAULT '',
    size bigint,
    attempts integer NOT NULL DEFAULT 0,
    owner uuid,
    lease_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    expires_at timestamptz,
    CONSTRAINT person_archives_lease_while_running
        CHECK ((state = 'running') = (owner IS NOT NULL) AND (owner IS NULL) = (lease_until IS NULL)),
    CONSTRAINT person_archives_sealed_while_ready CHECK (
        (state = 'ready') = (sealed IS NOT NULL) AND (sealed IS NOT NULL) = (key_id <> '')
        AND (key_id <> '') = (octet_length(data_key) > 0) AND (sealed IS NULL OR (size IS NOT NULL AND expires_at IS NOT NULL)))
);
CREATE UNIQUE INDEX person_archives_one_under_way ON person_archives (user_id) WHERE state IN ('queued', 'running');
CREATE INDEX person_archives_of_user ON person_archives (user_id, id);
CREATE INDEX person_archives_to_expire ON person_archives (expires_at) WHERE state = 'ready';
COMMENT ON TABLE person_archives IS 'Who has an archive of all their data made, and what became of it.';

-- Who was erased has no way in and no name that leads back to them, for good.
ALTER TABLE users ADD COLUMN erased_at timestamptz;
ALTER TABLE users ADD CONSTRAINT users_erased_stay_out CHECK (
    erased_at IS NULL OR (disabled_at IS NOT NULL AND password_hash IS NULL AND email IS NULL AND external_id IS NULL));

CREATE TABLE erasures (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT erasures_pkey PRIMARY KEY,
    user_id bigint NOT NULL CONSTRAINT erasures_user_fkey REFERENCES users CONSTRAINT erasures_user_key UNIQUE,
    pseudonym text NOT NULL,
    reason text NOT NULL CONSTRAINT erasures_reason_given CHECK (btrim(reason) <> ''),
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Why the name itself stays for now; NULL: the pseudonym stands in its place.
    name_kept text CONSTRAINT erasures_name_kept_known CHECK (name_kept IN ('legal_hold', 'authorship')),
    -- Who it was, sealed under a data key of its own while a record of theirs must be kept. Then the key is destroyed.
    identity bytea NOT NULL,
    identity_key uuid NOT NULL,
    key_id text NOT NULL,
    data_key bytea NOT NULL,
    finished_at timestamptz,
    CONSTRAINT erasures_key_until_finished CHECK (
        (finished_at IS NULL) = (key_id <> '') AND (key_id <> '') = (octet_length(data_key) > 0)
        AND (finished_at IS NULL OR (octet_length(identity) = 0 AND name_kept IS NULL)))
);
CREATE INDEX erasures_under_way ON erasures (id) WHERE finished_at IS NULL;
COMMENT ON TABLE erasures IS 'Who was erased, why, and how far: rows stay, identities do not.';

CREATE OR REPLACE VIEW wrapped_keys AS
SELECT 'conversations' AS holder, c.key_id FROM conversations c WHERE c.key_id <> ''
UNION ALL
-- The title of a context goes with its conversation.
SELECT 'contexts', x.key_id FROM contexts x WHERE x.key_id <> ''
UNION ALL
SELECT 'search_secrets', s.key_id FROM search_secrets s
UNION ALL
SELECT 'person_archives', a.key_id FROM person_archives a WHERE a.key_id <> ''
UNION ALL
SELECT 'erasures', e.key_id FROM erasures e WHERE e.key_id <> '';

-- All of a person's, those that are over too: nobody asked for them before.
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX care_links_ended_of_patient ON care_links (patient_id) WHERE until IS NOT NULL;
CREATE INDEX care_links_ended_of_doctor ON care_links (doctor_id) WHERE until IS NOT NULL;
CREATE INDEX participants_who_left ON participants (user_id, conversation_id) WHERE left_at IS NOT NULL;
CREATE INDEX exports_of_user ON exports (user_id, id);
