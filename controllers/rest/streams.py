"""Files as answers that are made or opened while they are sent: never shown in place."""

from collections.abc import AsyncIterator

import structlog
from aiohttp import hdrs, web

from services.errors import DomainError
from services.exports import Stream

log = structlog.get_logger(__name__)
# Whatever a browser takes it for: no script, no form, no plugin, no origin.
SAFE_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


async def send_stream(request: web.Request, stream: Stream) -> web.StreamResponse:
    """The first bytes are there before the answer begins, so that what is wrong can still be said.

    `stream.name` is ours: ASCII without quotes.
    """
    first = await anext(stream.chunks)
    headers = {
        **SAFE_HEADERS,
        "Content-Type": stream.media_type,
        "Content-Disposition": f'attachment; filename="{stream.name}"',
    }
    response = web.StreamResponse(headers=headers)
    response.content_length = stream.size
    await send_pieces(request, response, first, stream.chunks)
    return response


async def send_pieces(
    request: web.Request, response: web.StreamResponse, first: bytes, others: AsyncIterator[bytes]
) -> None:
    """Of a file whose length was promised: what breaks off is cut, so that nobody takes it for the whole."""
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        # The library would send what is written all the same, and the client take it for its next answer.
        await response.write_eof()
        return
    try:
        await response.write(first)
        async for piece in others:
            await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        log.debug("file_left")  # the reader has seen enough
    except DomainError as error:  # as below, but nobody's fault: the right to it has ended
        log.info("file_ended", code=error.code)
        _cut(request)
    except Exception:  # the status is sent: all that is left is not to pretend an end
        log.exception("file_broken")
        _cut(request)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
