-- Rotation of master keys, the end of retention, and work that runs once whichever node does it. See ADR 0024.

-- 1. Which conversations are wrapped under which master key. Sends never change the key, so they never touch this index.
CREATE INDEX conversations_wrapped ON conversations (key_id, id);

-- Whatever is wrapped under a master key must be here: rotation counts by it, and a key that stands here cannot be done without.
CREATE VIEW wrapped_keys AS
SELECT 'conversations' AS holder, c.key_id FROM conversations c WHERE c.key_id <> ''
UNION ALL
SELECT 'contexts', x.key_id FROM contexts x;

-- 2. The end of retention. `shredded_at`: the data key is destroyed, from then on nothing can be read. `emptied_at`: what is left
-- of the rows is empty too. What was shredded stays closed for good; the pair may begin another conversation.
ALTER TABLE conversations ADD COLUMN shredded_at timestamptz;
ALTER TABLE conversations ADD COLUMN emptied_at timestamptz;
ALTER TABLE conversations ADD CONSTRAINT conversations_key_unless_shredded
    CHECK ((shredded_at IS NULL) = (key_id <> '') AND (key_id <> '') = (octet_length(data_key) > 0));
ALTER TABLE conversations ADD CONSTRAINT conversations_shredded_closed CHECK (shredded_at IS NULL OR status = 'closed');
ALTER TABLE conversations ADD CONSTRAINT conversations_emptied_last CHECK (emptied_at IS NULL OR shredded_at IS NOT NULL);
CREATE UNIQUE INDEX conversations_living_pair_key ON conversations (first_user_id, second_user_id)
    WHERE context_type IS NULL AND shredded_at IS NULL;
DROP INDEX conversations_pair_key;
CREATE INDEX conversations_to_empty ON conversations (id) WHERE shredded_at IS NOT NULL AND emptied_at IS NULL;

-- 3. What must be kept beyond retention, and who said so. On one conversation, or on all of a person.
CREATE TABLE legal_holds (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT legal_holds_pkey PRIMARY KEY,
    conversation_id bigint CONSTRAINT legal_holds_conversation_fkey REFERENCES conversations,
    user_id bigint CONSTRAINT legal_holds_user_fkey REFERENCES users,
    reason text NOT NULL CONSTRAINT legal_holds_reason_given CHECK (btrim(reason) <> ''),
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    release_reason text,
    released_by text,
    released_at timestamptz,
    CONSTRAINT legal_holds_on_one_thing CHECK ((conversation_id IS NULL) <> (user_id IS NULL)),
    CONSTRAINT legal_holds_released_whole CHECK (
        (released_at IS NULL) = (released_by IS NULL) AND (released_at IS NULL) = (release_reason IS NULL))
);
CREATE INDEX legal_holds_of_conversation ON legal_holds (conversation_id) WHERE released_at IS NULL;
CREATE INDEX legal_holds_of_user ON legal_holds (user_id) WHERE released_at IS NULL;

-- The one home of the rule whether a conversation must be kept.
CREATE VIEW held_conversations AS
SELECT h.conversation_id AS id, h.id AS hold_id FROM legal_holds h WHERE h.released_at IS NULL AND h.conversation_id IS NOT NULL
UNION ALL
SELECT p.conversation_id, h.id FROM legal_holds h JOIN participants p ON p.user_id = h.user_id WHERE h.released_at IS NULL;
COMMENT ON VIEW held_conversations IS 'Conversations under a legal hold of their own or of one of their people, those who left too.';

-- Destroys the data key of a conversation that has been silent since `cutoff`: judged here, under the row's lock, so that neither a
-- message nor a hold that came meanwhile is overlooked. False: nothing was done.
CREATE FUNCTION shred_conversation(for_conversation bigint, cutoff timestamptz) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path = public, pg_temp
    AS $$
BEGIN
    -- A hold that is being placed has its conversation or its person locked, by its foreign key: it is waited for.
    PERFORM FROM users u JOIN participants p ON p.user_id = u.id WHERE p.conversation_id = for_conversation
    ORDER BY u.id FOR UPDATE OF u;
    PERFORM FROM conversations c WHERE c.id = for_conversation FOR UPDATE;
    UPDATE conversations c
    SET key_id = '', data_key = '', status = 'closed', shredded_at = clock_timestamp(), updated_at = clock_timestamp()
    WHERE c.id = for_conversation AND c.shredded_at IS NULL AND COALESCE(c.last_message_at, c.created_at) < cutoff
      AND NOT EXISTS (SELECT FROM held_conversations h WHERE h.id = c.id);
    RETURN FOUND;
END $$;

-- 4. Background work that one node does at a time. A node that dies frees it when its lease ends; the next one goes on at the
-- bookmark.
CREATE TABLE jobs (
    name text CONSTRAINT jobs_pkey PRIMARY KEY,
    owner uuid,
    lease_until timestamptz,
    bookmark text,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT jobs_lease_whole CHECK ((owner IS NULL) = (lease_until IS NULL))
);
COMMENT ON COLUMN jobs.bookmark IS 'Where the run under way has got to, in the words of the job. Ids only, never content.';
