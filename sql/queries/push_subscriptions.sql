-- Browsers that want to be told by Web Push.

-- name: save_push_subscription(user_id, session_id, endpoint_hash, sealed, device)$
-- A browser has one, whoever is signed in there now.
INSERT INTO push_subscriptions (user_id, session_id, endpoint_hash, sealed, device)
VALUES (:user_id, :session_id, :endpoint_hash, :sealed, :device)
ON CONFLICT (endpoint_hash) DO UPDATE
SET user_id = EXCLUDED.user_id, session_id = EXCLUDED.session_id, sealed = EXCLUDED.sealed, device = EXCLUDED.device,
    created_at = clock_timestamp()
RETURNING id;

-- name: trim_push_subscriptions(user_id, keep)!
DELETE FROM push_subscriptions WHERE user_id = :user_id AND id NOT IN (
    SELECT id FROM push_subscriptions WHERE user_id = :user_id ORDER BY created_at DESC, id DESC LIMIT :keep);

-- name: delete_push_subscription(subscription_id, user_id)!
DELETE FROM push_subscriptions WHERE id = :subscription_id AND user_id = :user_id;
