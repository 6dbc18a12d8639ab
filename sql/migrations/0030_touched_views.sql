-- A node that missed hints finds what somebody decided about a conversation on another device: nothing else tells when that was.
-- No index: updates stay HOT, and a send, which never writes it, copies a NULL for nearly everybody.
ALTER TABLE participants ADD COLUMN touched_at timestamptz;
COMMENT ON COLUMN participants.touched_at IS 'When this person''s view changed last by what no message, mark or state of the conversation tells: muted, pinned, archived, marked as unread, somebody gone or back.';

-- As in 0004, and it says when it took away the mark of what was to be read again: no watermark may move with that.
CREATE OR REPLACE FUNCTION move_marks(for_conversation bigint, for_user bigint, kind text, up_to bigint)
    RETURNS TABLE (moved boolean, unmarked boolean, updated_count bigint, unread bigint, read_seq bigint, delivered_seq bigint,
                   at timestamptz)
    LANGUAGE plpgsql
    SET enable_seqscan = off -- as in append_messages
    AS $$
#variable_conflict use_column
DECLARE
    me participants;
    top bigint;
    target bigint;
    left_unread bigint;
    moment timestamptz;
BEGIN
    SELECT p.* INTO me FROM participants p
    WHERE p.conversation_id = for_conversation AND p.user_id = for_user AND p.left_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;

    SELECT c.last_seq INTO top FROM conversations c WHERE c.id = for_conversation;
    target := LEAST(COALESCE(up_to, top), top);
    moment := clock_timestamp();
    left_unread := me.unread;

    IF kind = 'read' AND (target > me.read_seq OR me.marked_unread) THEN
        target := GREATEST(target, me.read_seq);
        IF target = top THEN
            left_unread := 0;
        ELSE
            SELECT count(*) INTO left_unread FROM messages m
            WHERE m.conversation_id = for_conversation AND m.seq > target AND m.sender_id <> for_user AND m.deleted_at IS NULL;
        END IF;
        UPDATE participants p
        SET read_seq = target, delivered_seq = GREATEST(p.delivered_seq, target), unread = left_unread, marked_unread = false,
            touched_at = CASE WHEN me.marked_unread THEN moment ELSE p.touched_at END
        WHERE p.conversation_id = for_conversation AND p.user_id = for_user;
    ELSIF kind = 'delivered' AND target > me.delivered_seq THEN
        UPDATE participants p SET delivered_seq = target
        WHERE p.conversation_id = for_conversation AND p.user_id = for_user;
    END IF;

    IF kind = 'read' AND target > me.read_seq THEN
        INSERT INTO marks VALUES (for_conversation, for_user, 'read', target, moment);
    END IF;
    IF target > me.delivered_seq THEN
        INSERT INTO marks VALUES (for_conversation, for_user, 'delivered', target, moment);
    END IF;

    RETURN QUERY SELECT
        CASE kind WHEN 'read' THEN target > me.read_seq ELSE target > me.delivered_seq END,
        kind = 'read' AND me.marked_unread, me.unread - left_unread, left_unread,
        CASE kind WHEN 'read' THEN GREATEST(target, me.read_seq) ELSE me.read_seq END,
        GREATEST(target, me.delivered_seq), moment;
END $$;
