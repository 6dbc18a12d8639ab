-- Facts about this installation.

-- name: find_instance_value(key)$
SELECT i.value FROM instance i WHERE i.key = :key;

-- name: keep_instance_value(key, value)!
-- The first one counts.
INSERT INTO instance (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING;

-- name: list_instance_values()
SELECT i.key, i.value FROM instance i;
