"""What storage can say besides rows."""


class StorageUnavailable(Exception):
    """The database is out of reach, busy or took too long. Nothing was stored."""


class OutcomeUnknown(StorageUnavailable):
    """The answer to COMMIT was lost: it may be stored or not. Only a look in the database can tell."""


class ConstraintViolated(Exception):
    """The database refused a row; `constraint` is the name given in sql/migrations."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(constraint)
        self.constraint = constraint
