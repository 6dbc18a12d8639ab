-- Roles and database of Colloque, once, as a superuser: psql -v owner_password=… -v server_password=… -f postgresql.sql
-- Two roles: one owns the tables and is used by `python -m server migrate` only, the other is the server's and owns nothing.

CREATE ROLE colloque_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE colloque LOGIN PASSWORD :'server_password';

CREATE DATABASE colloque OWNER colloque_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE colloque FROM PUBLIC;
GRANT CONNECT ON DATABASE colloque TO colloque;

-- An ack means that the message is on disk.
ALTER DATABASE colloque SET synchronous_commit = 'on';
-- PostgreSQL quotes rows and parameters in its log when something fails. Content is encrypted there, names are not.
ALTER DATABASE colloque SET log_error_verbosity = 'terse';
ALTER DATABASE colloque SET log_parameter_max_length_on_error = 0;
