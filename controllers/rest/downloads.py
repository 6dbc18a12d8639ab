"""Files as answers: never shown in place, whole or in a span that was asked for."""

import re
from urllib.parse import quote

from aiohttp import hdrs, web

from controllers.rest.contract import FileReply
from controllers.rest.request_origin import ORIGIN
from controllers.rest.responses import error_response
from controllers.rest.streams import SAFE_HEADERS, send_pieces
from services.attachment_ports import Span
from services.errors import ValidationFailed

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class _Unsatisfiable(Exception):
    """A span that begins behind the end."""


async def send_file(request: web.Request, file: FileReply) -> web.StreamResponse:
    """The first bytes are there before the answer begins, so that what is wrong with a file can still be said."""
    try:
        span = _span(request, file.size)
    except _Unsatisfiable:
        refusal = error_response(ValidationFailed(fields={"Range": "out_of_range"}), request[ORIGIN])
        refusal.set_status(416)
        refusal.headers["Content-Range"] = f"bytes */{file.size}"
        return refusal
    wanted = span or Span(0, file.size)
    pieces = file.read(wanted)
    first = await anext(pieces)
    response = web.StreamResponse(status=200 if span is None else 206, headers=_headers(file))
    response.content_length = wanted.length
    if span is not None:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.start + span.length - 1}/{file.size}"
    await send_pieces(request, response, first, pieces)
    return response


def _headers(file: FileReply) -> dict[str, str]:
    return {
        **SAFE_HEADERS,
        "Content-Type": file.media_type,
        "Content-Disposition": _disposition(file.name),
        "Accept-Ranges": "bytes",
    }


def _disposition(name: str) -> str:
    """RFC 6266: a name in ASCII for old readers, the real one for the others."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _span(request: web.Request, size: int) -> Span | None:
    """None: all of it. Several spans, other units, and conditions (we give no validators) are answered with all of it, as
    HTTP allows; spans mean something with GET only.
    """
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != hdrs.METH_GET or "If-Range" in request.headers or match[0] == "bytes=-":
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        start = size - length
    else:
        start = int(match[1])
        last = min(int(match[2]), size - 1) if match[2] else size - 1
        if match[2] and int(match[2]) < start:
            return None
        length = last - start + 1
    if length <= 0 or start >= size:
        raise _Unsatisfiable
    return Span(start, length)
