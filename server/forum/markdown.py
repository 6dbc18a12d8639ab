"""Markdown to HTML that can be put into a page whatever the source says.

Two libraries, each of which would do alone: markdown-it-py lets no HTML through and makes only what RULES name; nh3 (ammonia)
keeps only the tags and attributes of a list. What the first might let slip, the second does not know.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import nh3
import structlog
from markdown_it import MarkdownIt

log = structlog.get_logger(__name__)

RULES = (
    "blockquote",
    "code",
    "fence",
    "list",
    "heading",
    "backticks",
    "emphasis",
    "link",
    "autolink",
    "newline",
    "escape",
    "entity",
)
TAGS = {"p", "br", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6", "a"}
ATTRIBUTES = {"a": {"href", "title", "target"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
REL = "nofollow noopener noreferrer ugc"
# Deeper quotes in quotes are no longer worth it, and cost.
DEEPEST = 12
# Characters of sources and HTML that are kept, so that a question that many read is made once.
KEPT = 8_000_000
_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\([^)\s]{0,500}(?:\s{1,3}\"[^\"]{0,200}\")?\)")
_MARKS = re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d{1,9}[.)][ \t]+|(?:```|~~~).*$)", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*{1,3}|`+|(?<!\w)_{1,3}|_{1,3}(?!\w))")
_BLANK = re.compile(r"\s+")


class SafeMarkdown:
    """services.forum_ports.Markdown. Made in a thread: a long text takes milliseconds."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": DEEPEST}).enable(list(RULES))
        self._parser.validateLink = _leads_out  # type: ignore[method-assign]  # the library's own way to say which links there are
        self._parser.add_render_rule("heading_open", _lower_heading)
        self._parser.add_render_rule("heading_close", _lower_heading)
        self._cleaner = nh3.Cleaner(
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes=SCHEMES,
            url_relative="deny",
            link_rel=REL,
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
        self._known: OrderedDict[str, str] = OrderedDict()
        self._size = 0

    async def html(self, sources: Sequence[str]) -> list[str]:
        missing = [source for source in dict.fromkeys(sources) if source not in self._known]
        made: dict[str, str] = {}
        if missing:
            made = dict(zip(missing, await asyncio.to_thread(self._make_all, missing), strict=True))
        answers = [made[source] if source in made else self._known[source] for source in sources]
        for source in sources:
            self._remember(source, made.get(source))
        return answers

    def plain(self, source: str) -> str:
        text = _LINK.sub(r"\1", _MARKS.sub("", source))
        return _BLANK.sub(" ", _EMPHASIS.sub("", text)).strip()

    def make(self, source: str) -> str:
        """In the calling thread."""
        return str(self._cleaner.clean(self._parser.render(source)))

    def _make_all(self, sources: Sequence[str]) -> list[str]:
        return [self._make_or_escape(source) for source in sources]

    def _make_or_escape(self, source: str) -> str:
        try:
            return self.make(source)
        except Exception as error:  # noqa: BLE001  # a source that the parser fails on is still to be read, as it is
            log.error("markdown_failed", error=type(error).__name__, size=len(source))
            return f"<p>{nh3.clean_text(source)}</p>"

    def _remember(self, source: str, html: str | None) -> None:
        if html is None:
            if source in self._known:
                self._known.move_to_end(source)
            return
        if source not in self._known:
            self._known[source] = html
            self._size += len(source) + len(html)
        while self._size > KEPT:
            old, gone = self._known.popitem(last=False)
            self._size -= len(old) + len(gone)


def _leads_out(url: str) -> bool:
    """To another site, by a scheme that opens one: of ours there is nothing to point at by hand."""
    return url.lower().startswith(("http://", "https://", "mailto:"))


def _lower_heading(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """The page has its own title, and the question too: what people write begins at the third level."""
    token = tokens[index]
    level = min(int(token.tag[1:]) + 2, 6)
    return f"<{'/' if token.nesting < 0 else ''}h{level}>{chr(10) if token.nesting < 0 else ''}"
