"""What the forum needs from the outside, as Protocols."""

from collections.abc import Sequence
from typing import Protocol


class Markdown(Protocol):
    """server.forum.markdown.SafeMarkdown, or a fake."""

    async def html(self, sources: Sequence[str]) -> list[str]:
        """Of each source, safe to be put into a page whatever it says; made outside of the event loop. Never raises."""

    def plain(self, source: str) -> str:
        """A beginning of it in words: for excerpts."""
