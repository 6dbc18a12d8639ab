-- The index over conversations of a person held only those who have not left. While the tables have no statistics yet (a new
-- installation, a bulk of new people) its condition looks as if next to nothing were in it, and so it seemed the shortest way
-- to the participants of a conversation as well: to be read whole for each of a batch, 66 µs a message instead of 36 with four
-- thousand participants. One that holds all of them is never mistaken for that.
DROP INDEX participants_of_user;
CREATE INDEX participants_of_user ON participants (user_id, conversation_id) INCLUDE (left_at);
