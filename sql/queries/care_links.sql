-- Care links: this doctor cares for this patient, from `since` until `until`; open while that is NULL.

-- name: find_link_person(user_id, external_id)^
-- By either key. The share lock holds the role until the link is stored. Nothing new is said about who was erased.
SELECT u.id, u.role FROM users u
WHERE (u.id = :user_id::bigint OR u.external_id = :external_id::text) AND u.erased_at IS NULL FOR SHARE;

-- name: insert_care_link(external_id, patient_id, doctor_id, until)$
-- No row when the external id is taken or the two have an open link.
INSERT INTO care_links (external_id, patient_id, doctor_id, since, until)
VALUES (:external_id, :patient_id, :doctor_id, LEAST(now(), :until::timestamptz), :until::timestamptz)
ON CONFLICT DO NOTHING RETURNING id;

-- name: lock_care_link(link_id, external_id)^
-- By either key. Inside a transaction only.
SELECT l.id, l.external_id, l.patient_id, l.doctor_id, l.until
FROM care_links l WHERE l.id = :link_id::bigint OR l.external_id = :external_id::text FOR NO KEY UPDATE;

-- name: adopt_care_link(external_id, patient_id, doctor_id)$
-- Gives the open link of the two its external id, when it has none.
UPDATE care_links SET external_id = :external_id
WHERE patient_id = :patient_id AND doctor_id = :doctor_id AND until IS NULL AND external_id IS NULL RETURNING id;

-- name: set_care_link_until(link_id, until)!
UPDATE care_links SET until = :until::timestamptz, since = LEAST(since, :until::timestamptz) WHERE id = :link_id;

-- name: end_care_link(patient_id, doctor_id)!
-- The open one of the two; 0 rows when there is none.
UPDATE care_links SET until = clock_timestamp() WHERE patient_id = :patient_id AND doctor_id = :doctor_id AND until IS NULL;

-- name: list_care_links(link_id, patient_id, doctor_id, active, before, limit)
-- Latest first, by keyset on the id.
SELECT l.id, l.external_id, l.since, l.until, l.until IS NULL AS active,
       l.patient_id, p.external_id AS patient_external_id, p.username AS patient_username,
       p.first_name || ' ' || p.last_name AS patient_name,
       l.doctor_id, d.external_id AS doctor_external_id, d.username AS doctor_username,
       d.first_name || ' ' || d.last_name AS doctor_name
FROM care_links l JOIN users p ON p.id = l.patient_id JOIN users d ON d.id = l.doctor_id
WHERE (:link_id::bigint IS NULL OR l.id = :link_id::bigint)
  AND (:patient_id::bigint IS NULL OR l.patient_id = :patient_id::bigint)
  AND (:doctor_id::bigint IS NULL OR l.doctor_id = :doctor_id::bigint)
  AND (:active::boolean IS NULL OR (l.until IS NULL) = :active::boolean)
  AND (:before::bigint IS NULL OR l.id < :before::bigint)
ORDER BY l.id DESC LIMIT :limit;
