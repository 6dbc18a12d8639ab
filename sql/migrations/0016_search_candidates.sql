-- Searches look at many candidates in one round trip.

-- As find_search_entries() was, and with the block of each, counted from one as in `lines`: what else is asked of a candidate
-- needs the hashes of its block. The old one stays for nodes of the version before.
CREATE FUNCTION find_search_candidates(lines text[], before_id bigint, entries integer)
    RETURNS TABLE (message_id bigint, block integer)
    LANGUAGE plpgsql STABLE ROWS 200
    SET enable_seqscan = off
    AS $$
DECLARE
    holds text := '';
BEGIN
    FOR line IN 1..array_length(lines, 1) LOOP
        holds := holds || format('e.tokens && ($1)[%s][block.n]::bigint[] AND ', line);
    END LOOP;
    RETURN QUERY EXECUTE
        'SELECT found.message_id, block.n FROM generate_series(1, array_length($1, 2)) AS block (n) CROSS JOIN LATERAL ('
        'SELECT e.message_id FROM search_entries e WHERE ' || holds || 'e.message_id + 0 < $2'
        ' ORDER BY e.message_id + 0 DESC LIMIT $3) AS found LIMIT $3'
        USING lines, before_id, entries;
END $$;
