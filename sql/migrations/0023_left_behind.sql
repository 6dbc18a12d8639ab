-- What would be left behind: files of exports whose maker died, and titles of prescriptions that no conversation needs. See ADR 0040.

CREATE TABLE archive_tries (
    token uuid CONSTRAINT archive_tries_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT archive_tries_kind_known CHECK (kind IN ('export', 'person')),
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    swept_at timestamptz
);
COMMENT ON TABLE archive_tries IS 'Where each try to make an export or an archive of a person writes in the file store: here before its first byte is there.';
CREATE INDEX archive_tries_begun ON archive_tries (begun_at);

INSERT INTO archive_tries (token, kind)
SELECT e.token, 'export' FROM exports e WHERE e.state IN ('running', 'ready')
UNION ALL
SELECT a.token, 'person' FROM person_archives a WHERE a.state IN ('running', 'ready');

-- The one home of the rule which titles no record needs: nobody ever wrote about it. `held`: it must wait all the same.
CREATE VIEW loose_titles AS
SELECT x.id, x.patient_id,
       EXISTS (SELECT FROM legal_holds h WHERE h.released_at IS NULL AND h.user_id IN (x.patient_id, x.doctor_id))
       OR EXISTS (SELECT FROM conversations c JOIN held_conversations h ON h.id = c.id
                  WHERE c.context_type = x.type AND c.context_id = x.external_id) AS held
FROM contexts x
WHERE x.key_id <> '' AND NOT EXISTS (
    SELECT FROM conversations c WHERE c.context_type = x.type AND c.context_id = x.external_id AND c.last_seq > 0);
COMMENT ON VIEW loose_titles IS 'Prescriptions and exams with a title, in whose conversation nothing was said, or that have none.';

-- Who was erased before.
UPDATE contexts x SET key_id = '', data_key = '', title = '', closed_at = COALESCE(x.closed_at, clock_timestamp()), updated_at = clock_timestamp()
FROM loose_titles t JOIN users u ON u.id = t.patient_id
WHERE t.id = x.id AND u.erased_at IS NOT NULL AND NOT t.held;
