"""Every endpoint and event that names a limit has two: of the person, and of the address for all who come from there."""


def address_limit(limit: str) -> str:
    """The name of the second one."""
    return f"{limit}_address"
