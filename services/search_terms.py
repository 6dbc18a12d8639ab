"""What a message is hashed by beside its words, and in which block."""

from repositories.search import BLOCK_BITS


def conversation_term(conversation_id: int) -> bytes:
    """Narrows a search to one conversation, as if its number stood in each of its messages."""
    return b"c%d" % conversation_id


def block_of(message_id: int) -> int:
    return message_id >> BLOCK_BITS


def first_id(block: int) -> int:
    """The smallest message id of a block."""
    return block << BLOCK_BITS
