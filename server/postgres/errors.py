"""What can go wrong with the embedded PostgreSQL."""


class EmbeddedPostgresError(Exception):
    """It cannot be started or reached; the text says why and what to do."""
