"""Backups: the database by PostgreSQL's own programs, the file store, and fingerprints of the keys, never the keys."""
