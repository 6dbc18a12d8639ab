-- Facts about this installation.

-- name: lock_instance()!
-- Held until the transaction ends. A table lock would need rights that the server's role has no other use for.
SELECT pg_advisory_xact_lock(hashtext('colloque instance'));

-- name: list_instance()
SELECT i.key, i.value FROM instance i;

-- name: keep_instance_value(key, value)!
-- The first one counts.
INSERT INTO instance (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING;

-- name: schema_version()$
SELECT COALESCE(max(version), 0) FROM schema_migrations;
