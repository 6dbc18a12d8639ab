-- Rules of a conversation that no send can break are not read anew by each send. See ADR 0050.

-- The one home of these rules: the name of the first (by name) that a conversation breaks, or NULL. As in a CHECK, what is neither true
-- nor false breaks nothing. What RETURN says is bound to PostgreSQL's own operators now, whoever calls it with whatever search_path.
CREATE FUNCTION broken_rule(c conversations) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN NOT ((c.kind = 'contextual') = (c.context_type IS NOT NULL)) THEN 'conversations_context_when_contextual'
        WHEN NOT ((c.context_type IS NULL) = (c.context_id IS NULL)) THEN 'conversations_context_whole'
        WHEN NOT (c.emptied_at IS NULL OR c.shredded_at IS NOT NULL) THEN 'conversations_emptied_last'
        WHEN NOT ((c.shredded_at IS NULL) = (c.key_id <> '') AND (c.key_id <> '') = (octet_length(c.data_key) > 0))
            THEN 'conversations_key_unless_shredded'
        WHEN NOT (c.kind IN ('care', 'contextual', 'mentoring')) THEN 'conversations_kind_known'
        WHEN NOT (c.shredded_at IS NULL OR c.status = 'closed') THEN 'conversations_shredded_closed'
        WHEN NOT (c.first_user_id <> c.second_user_id) THEN 'conversations_two_people'
    END;
COMMENT ON FUNCTION broken_rule(conversations) IS 'The name of the first rule that a conversation breaks, or NULL; beside its CHECKs.';

-- In the words, with the code and the fields of a CHECK, but without what the row holds: that is not for logs.
-- It has no settings, which each call would pay for: search_path finds nothing in here.
CREATE FUNCTION refuse_broken_conversation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    broken text := public.broken_rule(NEW);
BEGIN
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'new row for relation "%" violates check constraint "%"', TG_TABLE_NAME, broken
            USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
    END IF;
    RETURN NULL;
END $$;

-- The rows that are there keep them: nothing has to be looked at again.
ALTER TABLE conversations
    DROP CONSTRAINT conversations_context_when_contextual,
    DROP CONSTRAINT conversations_context_whole,
    DROP CONSTRAINT conversations_emptied_last,
    DROP CONSTRAINT conversations_key_unless_shredded,
    DROP CONSTRAINT conversations_kind_known,
    DROP CONSTRAINT conversations_shredded_closed,
    DROP CONSTRAINT conversations_two_people;

-- AFTER: it judges what is stored. A BEFORE trigger would have each row of each send looked for and locked once more, fired or not.
CREATE TRIGGER conversations_rules
    AFTER INSERT OR UPDATE OF kind, first_user_id, second_user_id, context_type, context_id, key_id, data_key, shredded_at, emptied_at
    ON conversations FOR EACH ROW EXECUTE FUNCTION refuse_broken_conversation();
-- A send names the status, which matters to what was shredded alone.
CREATE TRIGGER conversations_rules_of_status AFTER UPDATE OF status ON conversations
    FOR EACH ROW WHEN (NEW.shredded_at IS NOT NULL) EXECUTE FUNCTION refuse_broken_conversation();
-- As a CHECK does, they hold for what a replication applies too, and for whoever sets session_replication_role.
ALTER TABLE conversations ENABLE ALWAYS TRIGGER conversations_rules, ENABLE ALWAYS TRIGGER conversations_rules_of_status;
